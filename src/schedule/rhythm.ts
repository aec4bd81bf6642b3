/**
 * When is a target due? Computed from its key, its interval and the start of the scheduler. So due times do not drift,
 * a reload has nothing to remember, and a target keeps its position in the interval. The scheduler adds the jitter. All
 * times are milliseconds of the monotonic clock.
 */
import { fnv1a } from '../model/fnv1a.ts';

/**
 * The first probes of new targets are spread over this time for each target, but at least over two seconds in total.
 */
const SHORTEST_WINDOW_MS = 2_000;
const WINDOW_MS_PER_TARGET = 100;

/**
 * Returns the time over which the first probes of `count` new targets are spread. For a large fleet it is the whole
 * interval, so that a restart causes no burst. For a small fleet it is seconds, so that a new user sees results at
 * once.
 */
export function firstProbeWindowMs(count: number, intervalMs: number): number {
  return Math.min(intervalMs, Math.max(SHORTEST_WINDOW_MS, WINDOW_MS_PER_TARGET * count));
}

/**
 * Returns the first due time of the target after `afterMs`. `share`: the target's position in the interval, from
 * `shareOf`.
 */
export function nextInRhythm(originMs: number, intervalMs: number, share: number, afterMs: number): number {
  const phaseMs = originMs + share * intervalMs;
  const nextMs = phaseMs + Math.max(0, Math.floor((afterMs - phaseMs) / intervalMs) + 1) * intervalMs;
  // Rounding of large numbers can land on `afterMs` itself.
  return nextMs > afterMs ? nextMs : nextMs + intervalMs;
}

/**
 * Returns the position of a key in the interval, from 0 up to but not including 1. FNV-1a, then murmur3's finalizer.
 */
export function shareOf(key: string): number {
  let hash = fnv1a(key);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
