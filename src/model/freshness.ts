/**
 * How long does a result count? A target is neither up nor down if its last result is older than three intervals, and
 * older than 15 minutes. Used by `status/`, and whenever a snapshot is read, so that a prober that is stuck, paused or
 * suspended never looks healthy.
 */
import type { Confirmed, TargetStatus } from './status.ts';

const INTERVALS = 3;
const SHORTEST_MS = 15 * 60_000;

/** The members that decide whether a result still counts. */
export type Result = Pick<TargetStatus, 'target' | 'resultAt' | 'backOffMs'>;

/** Returns the time until which the last result counts. Undefined if there is no result. */
export function freshUntil({ target, resultAt, backOffMs = 0 }: Result): number | undefined {
  if (resultAt === undefined) return undefined;
  return resultAt + freshForMs(target.intervalMs, backOffMs);
}

/**
 * Returns how long a result counts: three intervals, but at least `SHORTEST_MS`, plus the time for which a server asked
 * us to wait.
 */
export function freshForMs(intervalMs: number, backOffMs = 0): number {
  return Math.max(INTERVALS * intervalMs, SHORTEST_MS) + backOffMs;
}

/**
 * Whether the last result is too old to count. Also true for a result from equally far in the future: the clock was set
 * back, and the age is unknown. False if there is no result.
 */
export function isStale(result: Result, now: number): boolean {
  const { target, resultAt, backOffMs } = result;
  return resultAt !== undefined && Math.abs(now - resultAt) > freshForMs(target.intervalMs, backOffMs);
}

/** Returns the targets with `unknown` for each state whose result is too old. The same array if no result is. */
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
