/** Does long work in slices of a few milliseconds, so that it delays no probe in flight. Used by the composition root. */
import { createPace } from './report/slices.ts';

/** `steps` does a little at each step; it need not be short in all. */
export async function inSlices(steps: Iterable<unknown>): Promise<void> {
  const pace = createPace();
  for (const _ of steps) if (pace.isDue()) await pace.breathe();
}
