/** What the end of a probe changes in the schedule. The `probe` function of the scheduler returns it. */
import type { Outcome } from './adaptive-caps.ts';

/**
 * `outcome`: what the caps learn from the probe. `soonMs`: probe again after this time, in place of the next regular
 * tick. Regular ticks continue half an interval later at the earliest. `soonMs` can be longer than the interval,
 * because a server that throttles can ask for a long wait. `urgent`: the probe after `soonMs` goes ahead of the queue,
 * because a verdict waits for its result.
 */
export interface NextProbe {
  readonly outcome?: Outcome | undefined;
  readonly soonMs?: number;
  readonly urgent?: boolean;
}
