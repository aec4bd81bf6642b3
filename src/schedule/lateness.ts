/**
 * How late do probes start? Measured in seconds and as a share of the interval. If the share is large for two minutes,
 * the fleet is too large to be probed in time. Counts both probes that have started and those that still wait. Used by
 * the scheduler.
 */
import { createLag } from './lag.ts';

/**
 * An overload begins if a delay exceeds the share `BEGINS` of the interval, and ends if all delays are below `ENDS`.
 * The two values differ so that the overload does not begin and end again and again.
 */
const BEGINS = 0.5;
const ENDS = 0.25;
/** An overload must last this long to be reported, because delays after a burst are over sooner. */
const LASTS_MS = 120_000;

/** A probe and when it was due, in milliseconds of the monotonic clock. */
export interface Due {
  readonly dueMs: number;
  readonly target: { readonly intervalMs: number };
}

export interface Lateness {
  readonly record: (due: Due, nowMs: number) => void;
  /** The longest delay in the last minute. */
  readonly seconds: (nowMs: number) => number;
  /** Have probes started too late for two minutes? Must be called at least once a minute. */
  readonly isOverloaded: (nowMs: number) => boolean;
}

/** `waiting`: returns the probes that have waited longest. */
export function createLateness(waiting: () => Iterable<Due>): Lateness {
  const inMs = createLag();
  const inShares = createLag();
  let overSinceMs: number | undefined;

  return {
    record: (due, nowMs) => {
      inMs.record(nowMs, nowMs - due.dueMs);
      inShares.record(nowMs, shareOf(due, nowMs));
    },
    seconds: (nowMs) => {
      let worstMs = inMs.worst(nowMs);
      for (const { dueMs } of waiting()) worstMs = Math.max(worstMs, nowMs - dueMs);
      return worstMs / 1_000;
    },
    isOverloaded: (nowMs) => {
      let share = inShares.worst(nowMs);
      for (const due of waiting()) share = Math.max(share, shareOf(due, nowMs));
      if (share < ENDS) overSinceMs = undefined;
      else if (share > BEGINS) overSinceMs ??= nowMs;
      return overSinceMs !== undefined && nowMs - overSinceMs >= LASTS_MS;
    },
  };
}

function shareOf({ dueMs, target }: Due, nowMs: number): number {
  return (nowMs - dueMs) / target.intervalMs;
}
