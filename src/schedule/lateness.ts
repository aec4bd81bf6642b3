/**
 * How late do probes start? In seconds, and as a share of their interval. If the share is large for two minutes, the
 * fleet is too large to be probed in time. Used by the scheduler. Probes that still wait count, too.
 */
import { createLag } from './lag.ts';

/**
 * An overload begins when a delay exceeds the share `BEGINS` of the interval, and ends below `ENDS`. The gap between
 * them keeps it from flapping.
 */
const BEGINS = 0.5;
const ENDS = 0.25;
/** Delays must last this long to be an overload, because a burst is over sooner. */
const LASTS_MS = 120_000;

/** A probe that is due at `dueMs` of the monotonic clock. */
export interface Due {
  readonly dueMs: number;
  readonly target: { readonly intervalMs: number };
}

export interface Lateness {
  /** Called when a probe starts. */
  readonly record: (due: Due, nowMs: number) => void;
  /** The longest delay over the last minute. */
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
