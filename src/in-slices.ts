/** Does long work in slices of a few milliseconds, so that it delays no probe in flight. */
import { createPace } from './report/slices.ts';

/**
 * Each step of `steps` must be short, because the work pauses only between steps. The first slice, too, gets a turn of
 * the event loop of its own. Resolves to what `steps` returns after the last one.
 */
export async function inSlices<Result = void>(steps: Iterable<unknown, Result>): Promise<Result> {
  const pace = createPace();
  await pace.breathe();
  const iterator = steps[Symbol.iterator]();
  for (;;) {
    const { done, value } = iterator.next();
    if (done === true) return value;
    if (pace.isDue()) await pace.breathe();
  }
}
