/** What one replica answers another that asked it to probe a mailbox: plain data, kept for seconds. */
import type { TargetMemory } from './memory.ts';
import type { ProbeResult } from './status.ts';

export interface AnsweredProbe {
  /** Name of the replica that probed. */
  readonly replica: string;
  /** With all stages of the last probe, which a memory leaves out of a success. */
  readonly targets: readonly { readonly memory: TargetMemory; readonly lastProbe?: ProbeResult }[];
}
