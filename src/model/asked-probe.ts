/** The answer of one replica to another that asked it to probe a mailbox: plain data, kept for seconds. */
import type { TargetMemory } from './memory.ts';
import type { ProbeResult } from './status.ts';

export interface AnsweredProbe {
  /** Name of the replica that probed. */
  readonly replica: string;
  /** Each with all stages of its last probe: `memory` leaves them out for a success. */
  readonly targets: readonly { readonly memory: TargetMemory; readonly lastProbe?: ProbeResult }[];
}
