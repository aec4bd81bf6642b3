/**
 * Writes what changed to the store, behind the probes: once a second, in slices, one after the other. Noting a
 * change does not wait for it. While the store is away the changes merge in memory and are tried again with growing pauses. Made
 * by the daemon; `notify/` takes its messages here, so that they are sent while the store is away, too.
 */
import { StoreError, type StoreFailure } from '../model/store-error.ts';
import { NO_CHANGES, type Changes, type OutboxMessage } from '../model/memory.ts';
import { createPendingChanges } from './pending-changes.ts';
import { type Clock, type DueRequest, type Store } from './store.ts';
import { systemClock } from './system-clock.ts';

export interface Journal {
  readonly note: (changes: Partial<Changes>) => void;
  readonly state: () => JournalState;
  /** As the store's. What was noted before is written first; while the store is away: those that are not written yet. */
  readonly takeDue: (request: DueRequest) => Promise<readonly OutboxMessage[]>;
  /** States and their changes that are not written: they are judged anew. */
  readonly dropStates: () => void;
  /** What waits of these apps: another replica writes it now. */
  readonly dropApps: (isDropped: (app: string) => boolean) => void;
  /** Of an incident that is not written, and of which no message was sent. False: it stays. */
  readonly dropIncident: (id: string) => boolean;
  /** The store begins with an empty file: write all of this, and forget what it had. */
  readonly startOver: (everything: Partial<Changes>) => void;
  /** Resolves when all is written, or the store turned out to be away. */
  readonly flush: () => Promise<void>;
  /** A last flush. The store itself stays open. */
  readonly close: () => Promise<void>;
}

export interface JournalState {
  readonly up: boolean;
  /** Rows that are not written yet. */
  readonly pending: number;
  /** Why it is away. */
  readonly failure?: JournalFailure;
}

export interface JournalFailure {
  readonly code: StoreFailure;
  readonly message: string;
  readonly since: number;
}

export interface JournalOptions {
  readonly store: Pick<Store, 'save' | 'takeDue'>;
  readonly clock?: Clock;
  /**
   * Reads what the file knows, where the start could not; before the first write, which would replace it. Until then no
   * message leaves, for two minutes: it may report what was reported before.
   */
  readonly begin?: () => Promise<void>;
  /** Called when the store goes away, or fails in another way, and when it is back. */
  readonly onState?: (state: JournalState) => void;
}

const FLUSH_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
const HOLD_MS = 120_000;
/** Rows: what can be copied to another thread, or written by one statement, without being felt. */
const SLICE = 500;

export function createJournal({ store, clock = systemClock, begin, onState }: JournalOptions): Journal {
  const pending = createPendingChanges();
  let failure: JournalFailure | undefined;
  let pauseMs = FLUSH_MS;
  let cancelTimer: (() => void) | undefined;
  let closed = false;
  /** Rows of the slice that is being written. */
  let underWay = 0;
  let hasBegun = begin === undefined;
  const holdUntil = clock.now() + HOLD_MS;
  /** Never two writes at a time. */
  let chain: Promise<unknown> = Promise.resolve();

  const state = (): JournalState => ({
    up: failure === undefined,
    pending: pending.size() + underWay,
    ...(failure === undefined ? {} : { failure }),
  });
  const inTurn = async <T>(run: () => Promise<T>): Promise<T> => {
    const turn = chain.then(run);
    chain = turn.catch(() => undefined);
    return await turn;
  };
  const succeeded = (): void => {
    pauseMs = FLUSH_MS;
    if (failure === undefined) return;
    failure = undefined;
    onState?.(state());
  };
  const failed = (error: unknown): void => {
    const { code, message } = error instanceof StoreError ? error : UNEXPECTED;
    const isNews = failure?.code !== code;
    failure = { code, message, since: failure?.since ?? clock.now() };
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    if (isNews) onState?.(state());
  };
  /** A store that is away is tried even where nothing waits: only an answer says that it is back. */
  const next = (): Changes | undefined =>
    pending.takeSlice(SLICE) ?? (failure === undefined ? undefined : NO_CHANGES);
  const isBegun = async (): Promise<boolean> => {
    if (hasBegun) return true;
    try {
      await begin?.();
      hasBegun = true;
    } catch (error) {
      failed(error);
      wake();
    }
    return hasBegun;
  };
  const write = async (): Promise<void> => {
    if (!(await isBegun())) return;
    for (let slice = next(); slice !== undefined; slice = next()) {
      underWay = rowsOf(slice);
      try {
        await store.save(slice);
        underWay = 0;
        succeeded();
      } catch (error) {
        underWay = 0;
        pending.putBack(slice);
        failed(error);
        return wake();
      }
    }
  };
  const flush = async (): Promise<void> => await inTurn(write);
  const wake = (): void => {
    if (closed || cancelTimer !== undefined) return;
    cancelTimer = clock.after(pauseMs, () => {
      cancelTimer = undefined;
      void flush();
    });
  };

  return {
    note(changes) {
      pending.add(changes);
      wake();
    },
    state,
    takeDue: async (request) =>
      await inTurn(async () => {
        if (failure === undefined) await write();
        if (!hasBegun && clock.now() < holdUntil) return [];
        if (failure !== undefined) return pending.takeDue(request);
        try {
          return await store.takeDue(request);
        } catch (error) {
          failed(error);
          wake();
          return [];
        }
      }),
    dropStates: pending.dropStates,
    dropApps: pending.dropApps,
    dropIncident: pending.dropIncident,
    startOver(everything) {
      pending.forgetWritten();
      pending.add(everything);
      wake();
    },
    flush,
    async close() {
      closed = true;
      cancelTimer?.();
      await flush();
    },
  };
}

function rowsOf(slice: Changes): number {
  return Object.values(slice).reduce(
    (rows: number, part: unknown) => rows + (Array.isArray(part) ? part.length : 0),
    0,
  );
}

const UNEXPECTED = new StoreError('failed', 'the store failed unexpectedly');
