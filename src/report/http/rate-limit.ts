/**
 * A token bucket: so much at once, and so much per second in the long run. Stands before what costs a look or a
 * long computation. Time is the monotonic clock's.
 */
import { ProblemError } from './problem-details.ts';

export interface RateLimit {
  /** 0 where it may be done now, and then it is counted; otherwise in how many seconds it may be. */
  readonly take: (cost?: number) => number;
  /** Is it as if it had never been used? */
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

/** `detail` says what there is too much of. */
export function tooMany(detail: string, seconds: number): ProblemError {
  const wait = Math.max(1, Math.ceil(seconds));
  const headers = { 'retry-after': String(wait) };
  return new ProblemError('too-many-requests', `${detail} Try again in ${wait} s.`, headers);
}
