/** Is the store available? If not, since when, and when should it be tried again? Part of the journal. */
import { StoreError, type StoreFailure } from '../model/store-error.ts';
import type { Clock } from './store.ts';

export interface JournalFailure {
  readonly code: StoreFailure;
  readonly message: string;
  readonly since: number;
}

export interface StoreHealth {
  readonly failure: () => JournalFailure | undefined;
  /** Returns the pause before the next write. It doubles with each failure in a row, from 1 second to 15 seconds. */
  readonly pauseMs: () => number;
  readonly succeeded: () => void;
  readonly failed: (error: unknown) => void;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

const UNEXPECTED = new StoreError('failed', 'the store failed unexpectedly');

/** `onChange`: called when the store becomes unavailable, when the failure changes, and when the store is back. */
export function createStoreHealth(clock: Pick<Clock, 'now'>, onChange: () => void): StoreHealth {
  let failure: JournalFailure | undefined;
  let pauseMs = FIRST_PAUSE_MS;
  return {
    failure: () => failure,
    pauseMs: () => pauseMs,
    succeeded: () => {
      pauseMs = FIRST_PAUSE_MS;
      if (failure === undefined) return;
      failure = undefined;
      onChange();
    },
    failed: (error) => {
      const { code, message } = error instanceof StoreError ? error : UNEXPECTED;
      const isNews = failure?.code !== code;
      failure = { code, message, since: failure?.since ?? clock.now() };
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      if (isNews) onChange();
    },
  };
}
