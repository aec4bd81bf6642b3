/**
 * Writes changes to the store in the background: once a second, in slices, one after the other. A caller that records a
 * change does not wait for the write. While the store is unavailable, changes merge in memory and the write is retried
 * with growing pauses. Made by the daemon. `notify/` takes its due messages from here, so that messages are also sent
 * while the store is unavailable.
 */
import { NO_CHANGES, type Changes, type OutboxMessage } from '../model/memory.ts';
import { createPendingChanges, type PendingChanges } from './pending-changes.ts';
import { type Clock, type DueRequest, type Store } from './store.ts';
import { createStoreHealth, type JournalFailure, type StoreHealth } from './store-health.ts';
import { systemClock } from './system-clock.ts';

export interface Journal {
  readonly note: (changes: Partial<Changes>) => void;
  readonly state: () => JournalState;
  /**
   * Like `takeDue` of the store. Writes the recorded changes first; while the store is unavailable, it answers from the
   * unwritten ones.
   */
  readonly takeDue: (request: DueRequest) => Promise<readonly OutboxMessage[]>;
  /** Drops unwritten states and state changes, because they are about to be computed anew. */
  readonly dropStates: () => void;
  /** Drops unwritten rows of these apps, because another replica writes them now. */
  readonly dropApps: (isDropped: (app: string) => boolean) => void;
  /** Drops an unwritten incident. False if a message about it was already sent: then it stays. */
  readonly dropIncident: (id: string) => boolean;
  /** The store starts with an empty file: write all of `everything`, and forget what it held before. */
  readonly startOver: (everything: Partial<Changes>) => void;
  /** Resolves when everything is written, or when the store turns out to be unavailable. */
  readonly flush: () => Promise<void>;
  /** Flushes once more. Leaves the store open. */
  readonly close: () => Promise<void>;
}

export interface JournalState {
  readonly up: boolean;
  /** The number of rows that are not written yet. */
  readonly pending: number;
  /** Why the store is unavailable. */
  readonly failure?: JournalFailure;
}

export interface JournalOptions {
  readonly store: Pick<Store, 'save' | 'takeDue'>;
  readonly clock?: Clock;
  /**
   * If the start could not read the file, reads it before the first write overwrites it. Until then, but for two
   * minutes at most, no message is sent, because it could repeat one from before the restart.
   */
  readonly begin?: () => Promise<void>;
  /** Called when the store becomes unavailable, when it fails in a different way, and when it is back. */
  readonly onState?: (state: JournalState) => void;
}

const HOLD_MS = 120_000;
/** Rows per write: few enough to copy to another thread, or to write with one statement, without a noticeable pause. */
const SLICE = 500;

export function createJournal({ store, clock = systemClock, begin, onState }: JournalOptions): Journal {
  const pending = createPendingChanges();
  const health = createStoreHealth(clock, () => onState?.(state()));
  const inTurn = createTurns();
  const timer = createWakeUp(clock, () => void flush());
  const wake = (): void => timer.wakeAfter(health.pauseMs());
  const failed = (error: unknown): void => {
    health.failed(error);
    wake();
  };
  const begun = createBeginning(begin, failed);
  const writer = createWriter({ store, pending, health, begun: begun.try, failed });
  const flush = async (): Promise<void> => await inTurn(writer.write);
  const state = (): JournalState => {
    const failure = health.failure();
    return {
      up: failure === undefined,
      pending: pending.size() + writer.underWay(),
      ...(failure === undefined ? {} : { failure }),
    };
  };
  const holdUntil = clock.now() + HOLD_MS;
  const takeDue = async (request: DueRequest): Promise<readonly OutboxMessage[]> => {
    if (health.failure() === undefined) await writer.write();
    if (!begun.isDone() && clock.now() < holdUntil) return [];
    if (health.failure() !== undefined) return pending.takeDue(request);
    try {
      return await store.takeDue(request);
    } catch (error) {
      failed(error);
      return [];
    }
  };
  const note = (changes: Partial<Changes>): void => {
    pending.add(changes);
    wake();
  };

  return {
    note,
    state,
    takeDue: async (request) => await inTurn(async () => await takeDue(request)),
    dropStates: pending.dropStates,
    dropApps: pending.dropApps,
    dropIncident: pending.dropIncident,
    startOver(everything) {
      pending.forgetWritten();
      note(everything);
    },
    flush,
    async close() {
      timer.close();
      await flush();
    },
  };
}

interface WakeUp {
  /** Does nothing while it waits already, or once it is closed. */
  readonly wakeAfter: (ms: number) => void;
  readonly close: () => void;
}

function createWakeUp(clock: Pick<Clock, 'after'>, run: () => void): WakeUp {
  let cancel: (() => void) | undefined;
  let closed = false;
  return {
    wakeAfter: (ms) => {
      if (closed) return;
      cancel ??= clock.after(ms, () => {
        cancel = undefined;
        run();
      });
    },
    close: () => {
      closed = true;
      cancel?.();
    },
  };
}

/** Runs what it is given one after the other, whatever becomes of the one before. */
function createTurns(): <T>(run: () => Promise<T>) => Promise<T> {
  let chain: Promise<unknown> = Promise.resolve();
  return async (run) => {
    const turn = chain.then(run);
    chain = turn.catch(() => undefined);
    return await turn;
  };
}

interface Beginning {
  readonly isDone: () => boolean;
  /** False if it failed again. */
  readonly try: () => Promise<boolean>;
}

function createBeginning(begin: JournalOptions['begin'], failed: (error: unknown) => void): Beginning {
  let isDone = begin === undefined;
  return {
    isDone: () => isDone,
    try: async () => {
      if (isDone) return true;
      try {
        await begin?.();
        isDone = true;
      } catch (error) {
        failed(error);
      }
      return isDone;
    },
  };
}

interface WriterParts {
  readonly store: Pick<Store, 'save'>;
  readonly pending: PendingChanges;
  readonly health: StoreHealth;
  readonly begun: () => Promise<boolean>;
  readonly failed: (error: unknown) => void;
}

interface Writer {
  readonly write: () => Promise<void>;
  /** The number of rows in the slice that is being written. */
  readonly underWay: () => number;
}

/** Writes what is pending, slice by slice, until nothing is or a write fails. */
function createWriter({ store, pending, health, begun, failed }: WriterParts): Writer {
  let underWay = 0;
  /** Tries an unavailable store even when nothing is pending: only a reply shows that it is back. */
  const next = (): Changes | undefined =>
    pending.takeSlice(SLICE) ?? (health.failure() === undefined ? undefined : NO_CHANGES);
  return {
    underWay: () => underWay,
    write: async () => {
      if (!(await begun())) return;
      for (let slice = next(); slice !== undefined; slice = next()) {
        underWay = rowsOf(slice);
        try {
          await store.save(slice);
          underWay = 0;
          health.succeeded();
        } catch (error) {
          underWay = 0;
          pending.putBack(slice);
          return failed(error);
        }
      }
    },
  };
}

function rowsOf(slice: Changes): number {
  return Object.values(slice).reduce(
    (rows: number, part: unknown) => rows + (Array.isArray(part) ? part.length : 0),
    0,
  );
}
