/** The answer of a replica that another replica asked to probe a mailbox. It is plain data and is kept for seconds. */
import type { TargetMemory } from './memory.ts';
import type { ProbeResult } from './status.ts';

export interface AnsweredProbe {
  /** Name of the replica that probed. */
  readonly replica: string;
  /** The probed targets. `lastProbe` has all stages, which `memory` leaves out for a successful probe. */
  readonly targets: readonly { readonly memory: TargetMemory; readonly lastProbe?: ProbeResult }[];
}
