/**
 * At which moments is a target due? A pure answer from its key, its interval and the moment the scheduler started,
 * so nothing drifts, nothing has to be remembered across a reload, and a target keeps its place in the interval.
 * Jitter is the scheduler's. All times are milliseconds of the monotonic clock.
 */
import { fnv1a } from '../model/fnv1a.ts';

/** First looks take at least this long to start, all together, and this long for each target. */
const SHORTEST_WINDOW_MS = 2_000;
const WINDOW_MS_PER_TARGET = 100;

/**
 * Over how long the first looks of `count` new targets are spread. The whole interval for a large fleet, so that a
 * restart is no burst (ten a second at most); seconds for a small one, so that a newcomer sees verdicts at once.
 */
export function firstProbeWindowMs(count: number, intervalMs: number): number {
  return Math.min(intervalMs, Math.max(SHORTEST_WINDOW_MS, WINDOW_MS_PER_TARGET * count));
}

/** The first moment of the target's rhythm that is after `afterMs`. `share` is its `shareOf`. */
export function nextInRhythm(originMs: number, intervalMs: number, share: number, afterMs: number): number {
  const phaseMs = originMs + share * intervalMs;
  const nextMs = phaseMs + Math.max(0, Math.floor((afterMs - phaseMs) / intervalMs) + 1) * intervalMs;
  // Rounding of large numbers can land on `afterMs` itself.
  return nextMs > afterMs ? nextMs : nextMs + intervalMs;
}

/** Where in the interval a key stands, from 0 up to but not including 1: FNV-1a, then murmur3's finish to spread it. */
export function shareOf(key: string): number {
  let hash = fnv1a(key);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
