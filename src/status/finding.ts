/**
 * A finding: what a target, an app or a part of the prober reports at present. The problem index groups findings into
 * problems.
 */
import type { FindingMemory } from '../model/memory.ts';

/** A current diagnosis from one source: a target, an app or a part of the prober. */
export interface Finding extends Omit<FindingMemory, 'failure'> {
  /** Ids of the mailboxes that it affects. */
  readonly mailboxes: readonly string[];
  /** Absent if no mailbox failed: the finding comes from a healthy probe, or is about an app. */
  readonly failure?: string;
}
