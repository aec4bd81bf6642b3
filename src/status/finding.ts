/**
 * A finding: what a target, an app or a part of the prober reports at present. The problem index groups findings into
 * problems.
 */
import type { FindingMemory } from '../model/memory.ts';

/** A current diagnosis from one source: a target, an app or a part of the prober. */
export interface Finding extends Omit<FindingMemory, 'failure'> {
  /** Ids of the mailboxes that it affects. */
  readonly mailboxes: readonly string[];
  /** Absent if the finding comes from a healthy probe or from an app itself, so that no mailbox fails. */
  readonly failure?: string;
}
