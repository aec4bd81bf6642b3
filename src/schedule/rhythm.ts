/**
 * When is a target due? Computed from its key, its interval and the start of the scheduler. So due times do not drift,
 * and a reload does not move them. The scheduler adds the jitter. All times are milliseconds of the monotonic clock.
 */
import { fnv1a } from '../model/fnv1a.ts';

/**
 * The first probes of new targets are spread over at least two seconds, or over 100 ms for each target if that is
 * longer.
 */
const SHORTEST_WINDOW_MS = 2_000;
const WINDOW_MS_PER_TARGET = 100;

/**
 * Returns the time over which the first probes of `count` new targets are spread. For a large fleet it is the whole
 * interval, so that a restart causes no burst. For a small fleet it is a few seconds, so that a new user soon sees
 * results.
 */
export function firstProbeWindowMs(count: number, intervalMs: number): number {
  return Math.min(intervalMs, Math.max(SHORTEST_WINDOW_MS, WINDOW_MS_PER_TARGET * count));
}

/** Returns the first due time after `afterMs`. `share`: the target's position in the interval, from `shareOf`. */
export function nextInRhythm(originMs: number, intervalMs: number, share: number, afterMs: number): number {
  const phaseMs = originMs + share * intervalMs;
  const nextMs = phaseMs + Math.max(0, Math.floor((afterMs - phaseMs) / intervalMs) + 1) * intervalMs;
  // Rounding of large numbers can make `nextMs` equal to `afterMs`.
  return nextMs > afterMs ? nextMs : nextMs + intervalMs;
}

/**
 * Returns the position of a target in the interval, at least 0 and less than 1. It is the FNV-1a hash of the key, mixed
 * by the finalizer of MurmurHash3.
 */
export function shareOf(key: string): number {
  let hash = fnv1a(key);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
