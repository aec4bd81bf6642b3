/**
 * A finding is a current diagnosis from one source: a target, an app, or a part of mailprobe itself. Equal findings of
 * several sources form a problem.
 */
import type { FindingMemory } from '../model/memory.ts';

export interface Finding extends Omit<FindingMemory, 'failure'> {
  readonly mailboxes: readonly string[];
  /** Absent if no mailbox fails, because a healthy probe or a check of an app made the finding. */
  readonly failure?: string;
}
