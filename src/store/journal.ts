/**
 * Writes changes to the store in the background: once a second, in slices, one after the other. A caller that records a
 * change does not wait for the write. While the store is unavailable, changes are merged in memory and the write is
 * retried with growing pauses. `notify/` takes its due messages from here, so that messages are also sent while the
 * store is unavailable. Made by `remember.ts`.
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
   * Like `takeDue` of the store. Writes the recorded changes first. While the store is unavailable, answers from the
   * unwritten messages.
   */
  readonly takeDue: (request: DueRequest) => Promise<readonly OutboxMessage[]>;
  /** Drops unwritten states and state changes, because they are about to be computed again. */
  readonly dropStates: () => void;
  /** Drops unwritten rows of these apps, because another replica writes them now. */
  readonly dropApps: (isDropped: (app: string) => boolean) => void;
  /**
   * Drops an unwritten incident and its messages, and returns true. If a message about it was already sent, drops
   * nothing and returns false.
   */
  readonly dropIncident: (id: string) => boolean;
  /**
   * Must be called when the store starts with an empty file. Writes all of `everything`, and forgets what the store
   * held before.
   */
  readonly startOver: (everything: Partial<Changes>) => void;
  /** Resolves when everything is written, or when the store turns out to be unavailable. */
  readonly flush: () => Promise<void>;
  /** Writes what is pending once more. Leaves the store open. */
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
   * Reads a store that could not be read at the start, before the first write overwrites it. Until this succeeds, but
   * for two minutes at most, no message is sent, because it could repeat one from before the restart.
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
  /** Calls `run` after this time. Does nothing while a call is already planned, or once it is closed. */
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

/** Returns a function that runs its callers' work one after the other, even if earlier work fails. */
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
  /** Resolves to true if the beginning has succeeded, now or earlier, and to false if it failed. */
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

/** Writes what is pending, slice by slice, until nothing is pending or a write fails. */
function createWriter({ store, pending, health, begun, failed }: WriterParts): Writer {
  let underWay = 0;
  /**
   * Returns the next slice. For an unavailable store, returns an empty one if nothing is pending, because only a write
   * shows that the store is back.
   */
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
