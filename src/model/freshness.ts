/**
 * How long does a result count? A target whose last result is older than three intervals is neither up nor down. Asked
 * by `status/`, and by every reader of a snapshot when it reads, so that a prober that is stuck, paused or suspended
 * never looks healthy.
 */
import type { Confirmed, TargetStatus } from './status.ts';

const INTERVALS = 3;
const SHORTEST_MS = 15 * 60_000;

/** The members that decide whether a result still counts. */
export type Result = Pick<TargetStatus, 'target' | 'resultAt' | 'backOffMs'>;

/** The last result counts until this time. Undefined if there is none. */
export function freshUntil({ target, resultAt, backOffMs = 0 }: Result): number | undefined {
  if (resultAt === undefined) return undefined;
  return resultAt + freshForMs(target.intervalMs, backOffMs);
}

/** Three intervals, but at least `SHORTEST_MS`, plus the time for which a server asked us to wait. */
export function freshForMs(intervalMs: number, backOffMs = 0): number {
  return Math.max(INTERVALS * intervalMs, SHORTEST_MS) + backOffMs;
}

/** True also if the clock was set back: a result from the future is of unknown age. */
export function isStale(result: Result, now: number): boolean {
  const { target, resultAt, backOffMs } = result;
  return resultAt !== undefined && Math.abs(now - resultAt) > freshForMs(target.intervalMs, backOffMs);
}

/** The targets as of that time, with states unknown if their results are too old. Returns the same array if none is. */
export function asOf(statuses: readonly TargetStatus[], now: number): readonly TargetStatus[] {
  const isOld = (status: TargetStatus): boolean => status.confirmed !== 'unknown' && isStale(status, now);
  if (!statuses.some(isOld)) return statuses;
  return statuses.map((status) => (isOld(status) ? withState(status, 'unknown') : status));
}

function withState(status: TargetStatus, confirmed: Confirmed): TargetStatus {
  return { ...status, confirmed };
}

/** The confirmed state, or `unknown` if the last result is too old. */
export function confirmedAt(status: Result & Pick<TargetStatus, 'confirmed'>, now: number): Confirmed {
  return isStale(status, now) ? 'unknown' : status.confirmed;
}
