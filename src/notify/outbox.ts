/** What the dispatcher needs of the store and of time: the journal fits as it is, and so does a fake. */
import type { OutboxMessage, Settlement } from '../model/memory.ts';

/** What was noted is committed by `flush`, and before anything is taken. */
export interface Outbox {
  readonly takeDue: (request: DueRequest) => Promise<readonly OutboxMessage[]>;
  readonly note: (changes: {
    readonly outbox?: readonly OutboxMessage[];
    readonly settlements?: readonly Settlement[];
  }) => void;
  readonly flush: () => Promise<void>;
}

interface DueRequest {
  readonly now: number;
  readonly limit: number;
  readonly leaseMs: number;
}

export interface Clock {
  readonly now: () => number;
  /** Runs it once, later; the answer cancels it. */
  readonly after: (ms: number, run: () => void) => () => void;
}
