/**
 * Writes changes to the store in the background, once a second, in slices. A caller that records a change does not wait
 * for the write. If the store is unavailable, changes are merged in memory and the write is repeated after growing
 * pauses. `notify/` takes due messages from the journal, so that messages are sent even if the store is unavailable.
 * Made by `remember.ts`.
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
   * Does the same as `takeDue` of the store, but writes the recorded changes first. If the store is unavailable, takes
   * messages that are not written yet.
   */
  readonly takeDue: (request: DueRequest) => Promise<readonly OutboxMessage[]>;
  /** Drops states and state changes that are not written yet, because they are computed again. */
  readonly dropStates: () => void;
  /** Drops rows of these apps that are not written yet, because another replica writes them now. */
  readonly dropApps: (isDropped: (app: string) => boolean) => void;
  /**
   * Drops the incident and its messages if they are not written yet, and returns true. If one of the messages was
   * already sent, drops nothing and returns false.
   */
  readonly dropIncident: (id: string) => boolean;
  /**
   * Writes `everything`. Must be called when the store starts with an empty file, because the journal otherwise leaves
   * out affected mailboxes that it has already written.
   */
  readonly startOver: (everything: Partial<Changes>) => void;
  /** Resolves when everything is written, or when the store turns out to be unavailable. */
  readonly flush: () => Promise<void>;
  /** Writes the pending changes a last time. Does not close the store. */
  readonly close: () => Promise<void>;
}

export interface JournalState {
  readonly up: boolean;
  readonly pending: number;
  readonly failure?: JournalFailure;
}

export interface JournalOptions {
  readonly store: Pick<Store, 'save' | 'takeDue'>;
  readonly clock?: Clock;
  /**
   * Reads a store that could not be read at the start. Nothing is written before this succeeds. Messages are not sent
   * before this succeeds either, because they could repeat messages from before the restart. But messages wait for at
   * most two minutes.
   */
  readonly begin?: () => Promise<void>;
  /** Called when the store becomes unavailable, when the failure changes, and when the store is back. */
  readonly onState?: (state: JournalState) => void;
}

const HOLD_MS = 120_000;
/**
 * Rows per write. More rows at once would cause a noticeable pause, because they are copied to another thread or
 * written by one statement.
 */
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
  /** Plans a call of `run` after this time, unless one is already planned. */
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

/** Returns a function that runs each `run` after the one before it has ended, even if that one failed. */
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
  /** Calls `begin` if it has not succeeded yet. Resolves to false if `begin` fails. */
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
  readonly underWay: () => number;
}

function createWriter({ store, pending, health, begun, failed }: WriterParts): Writer {
  let underWay = 0;
  /**
   * Returns the next slice. If nothing is pending, but the store is unavailable, returns an empty slice. Only a write
   * can show that the store is back.
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
