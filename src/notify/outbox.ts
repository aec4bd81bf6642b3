/** What the dispatcher needs from the store and the clock. The journal satisfies it, and so does a fake. */
import type { OutboxMessage, Settlement } from '../model/memory.ts';

/**
 * `note` records changes and `flush` commits them. `takeDue` commits them first, then returns and reserves due rows.
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
  /** Runs `run` once, later. The returned function cancels it. */
  readonly after: (ms: number, run: () => void) => () => void;
}
