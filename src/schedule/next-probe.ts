/** What the end of a probe changes in the schedule. Returned by the `probe` function that the scheduler gets. */
import type { Outcome } from './adaptive-caps.ts';

/**
 * `soonMs`: probe again in this many milliseconds, out of turn. If that is before the next due probe, it is an
 * additional probe. If it is later, because a server asked us to wait, the due probes before it are left out. `urgent`:
 * the probe out of turn goes ahead of the queue, because a verdict waits for it. `outcome`: the outcome for the caps.
 */
export interface NextProbe {
  readonly outcome?: Outcome | undefined;
  readonly soonMs?: number;
  readonly urgent?: boolean;
}
