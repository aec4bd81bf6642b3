/** The answer of a replica that another replica asked to probe a mailbox. */
import type { TargetMemory } from './memory.ts';
import type { ProbeResult } from './status.ts';

export interface AnsweredProbe {
  /** Name of the replica that probed. */
  readonly replica: string;
  /**
   * One entry for each probed protocol. `lastProbe` holds all stages of the probe. `memory` may lack the stages of a
   * successful probe.
   */
  readonly targets: readonly { readonly memory: TargetMemory; readonly lastProbe?: ProbeResult }[];
}
