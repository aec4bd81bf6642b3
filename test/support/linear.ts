/**
 * Is work linear in the length of its input? Compares the CPU time of this thread for inputs that are four times as
 * long as the last: a ratio, never a time on a clock, so a slow or busy machine changes nothing.
 */
import { setImmediate } from 'node:timers/promises';

export const SIZES = [1024, 4096, 16_384, 65_536, 262_144] as const;
/** Linear work takes 4 times as long, quadratic work 16 times. */
const MOST_RATIO = 10;
/** Shorter times are noise: of the timer, the compiler, the garbage collector. */
const NOISE_MS = 4;
const RUNS = 3;

export interface Growth {
  readonly length: number;
  readonly milliseconds: number;
  readonly ratio: number;
}

/** Undefined when the work is linear, else where it stopped being so: longer inputs are not tried. */
export async function superLinear(
  work: (length: number) => unknown,
  sizes: readonly number[] = SIZES,
): Promise<Growth | undefined> {
  let before = NOISE_MS;
  for (const length of sizes) {
    const most = Math.max(before, NOISE_MS) * MOST_RATIO;
    const milliseconds = await leastMilliseconds(work, length, most);
    if (milliseconds > most)
      return { length, milliseconds, ratio: milliseconds / Math.max(before, NOISE_MS) };
    before = milliseconds;
  }
  return undefined;
}

/** One run that is fast enough is enough; a slow one gets more chances. */
async function leastMilliseconds(
  work: (length: number) => unknown,
  length: number,
  enough: number,
): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS && least > enough; run += 1) {
    const before = process.threadCpuUsage();
    const outcome = work(length);
    if (outcome instanceof Promise) await outcome;
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
    if (least > enough) await setImmediate();
  }
  return least;
}
