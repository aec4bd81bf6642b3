/** What the dispatcher needs from the store and the clock. The journal implements it, and so does a fake for tests. */
import type { OutboxMessage, Settlement } from '../model/memory.ts';

/**
 * `note` collects changes, and `flush` commits them. `takeDue` also commits them, and then reserves due rows and
 * returns them.
 */
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
  /** Calls `run` once, later. The returned function cancels the call. */
  readonly after: (ms: number, run: () => void) => () => void;
}
