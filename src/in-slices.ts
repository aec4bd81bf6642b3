/** Does long work in slices of a few milliseconds, so that it delays no probe in flight. */
import { createPace } from './report/slices.ts';

/** Each step of `steps` must be short, because the work pauses only between steps. */
export async function inSlices(steps: Iterable<unknown>): Promise<void> {
  const pace = createPace();
  for (const _ of steps) if (pace.isDue()) await pace.breathe();
}
