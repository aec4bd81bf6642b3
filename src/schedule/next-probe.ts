/** What the end of a probe means for the schedule: returned by the `probe` of the composition root. */
import type { Outcome } from './adaptive-caps.ts';

/**
 * `soonMs`: probe again in this many milliseconds, out of turn. Sooner than the next due probe, it is an additional one;
 * later, the probes before it are left out (a server asked us to wait). `urgent`: then ahead of the queue, because a
 * verdict waits for it. `outcome`: what the caps follow.
 */
export interface NextProbe {
  readonly outcome?: Outcome | undefined;
  readonly soonMs?: number;
  readonly urgent?: boolean;
}
