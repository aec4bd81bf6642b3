/**
 * A token bucket: it allows a burst, and then a rate per second. Limits requests that cost a probe or a long
 * computation. The clock is monotonic.
 */
import { ProblemError } from './problem-details.ts';

export interface RateLimit {
  /**
   * Takes `cost` tokens (1 if not given) and returns 0. If there are not enough tokens, takes none and returns how many
   * seconds to wait.
   */
  readonly take: (cost?: number) => number;
  readonly isFull: () => boolean;
}

export function createRateLimit(burst: number, perSecond: number): RateLimit {
  let left = burst;
  let atMs = performance.now();
  const refill = (): void => {
    const nowMs = performance.now();
    left = Math.min(burst, left + ((nowMs - atMs) / 1000) * perSecond);
    atMs = nowMs;
  };
  return {
    take: (cost = 1) => {
      refill();
      if (left < cost) return (cost - left) / perSecond;
      left -= cost;
      return 0;
    },
    isFull: () => {
      refill();
      return left === burst;
    },
  };
}

/** `detail` says what exceeded its limit. */
export function tooMany(detail: string, seconds: number): ProblemError {
  const wait = Math.max(1, Math.ceil(seconds));
  const headers = { 'retry-after': String(wait) };
  return new ProblemError('too-many-requests', `${detail} Try again in ${wait} s.`, headers);
}
