/**
 * Decides how long a result counts. If the last result is older than three intervals and older than 15 minutes, the
 * state of the target is unknown. So a prober that is stuck, paused or suspended never looks healthy. Used by
 * `status/`, and by the readers of a snapshot.
 */
import type { Confirmed, TargetStatus } from './status.ts';

const INTERVALS = 3;
const SHORTEST_MS = 15 * 60_000;

export type Result = Pick<TargetStatus, 'target' | 'resultAt' | 'backOffMs'>;

/** Returns the time until which the last result counts. Undefined if there is no result. */
export function freshUntil({ target, resultAt, backOffMs = 0 }: Result): number | undefined {
  if (resultAt === undefined) return undefined;
  return resultAt + freshForMs(target.intervalMs, backOffMs);
}

/** Returns the time from which the last result counts. Before it, the clock was set back, and its age is unknown. */
export function freshFrom({ target, resultAt, backOffMs = 0 }: Result): number | undefined {
  if (resultAt === undefined) return undefined;
  return resultAt - freshForMs(target.intervalMs, backOffMs);
}

/** Returns how long a result counts. `backOffMs` is the time for which the server asked mailprobe to wait. */
export function freshForMs(intervalMs: number, backOffMs = 0): number {
  return Math.max(INTERVALS * intervalMs, SHORTEST_MS) + backOffMs;
}

/**
 * Whether the last result is too old to count. Also true if the result is equally far in the future, because the clock
 * was set back and the age is unknown. False if there is no result.
 */
export function isStale(result: Result, now: number): boolean {
  const { target, resultAt, backOffMs } = result;
  return resultAt !== undefined && Math.abs(now - resultAt) > freshForMs(target.intervalMs, backOffMs);
}

/**
 * Returns the targets, with the state `unknown` where the result is too old. Returns the same array if no result is too
 * old.
 */
export function asOf(statuses: readonly TargetStatus[], now: number): readonly TargetStatus[] {
  const isOld = (status: TargetStatus): boolean => status.confirmed !== 'unknown' && isStale(status, now);
  if (!statuses.some(isOld)) return statuses;
  return statuses.map((status) => (isOld(status) ? withState(status, 'unknown') : status));
}

function withState(status: TargetStatus, confirmed: Confirmed): TargetStatus {
  return { ...status, confirmed };
}

/** Returns the confirmed state, or `unknown` if the last result is too old. */
export function confirmedAt(status: Result & Pick<TargetStatus, 'confirmed'>, now: number): Confirmed {
  return isStale(status, now) ? 'unknown' : status.confirmed;
}
