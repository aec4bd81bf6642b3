/**
 * How long does a result count? A target whose last result is older than three intervals is neither up nor down: nobody
 * knows. Asked by `status/` and by every reader of a snapshot, at the moment of reading: a prober that is stuck, paused or
 * suspended cannot look healthy.
 */
import type { Confirmed, TargetStatus } from './status.ts';

const INTERVALS = 3;
const SHORTEST_MS = 15 * 60_000;

/** What the age of a result needs. */
export type Result = Pick<TargetStatus, 'target' | 'resultAt' | 'backOffMs'>;

/** Until then the last result counts. Undefined: there is none. */
export function freshUntil({ target, resultAt, backOffMs = 0 }: Result): number | undefined {
  if (resultAt === undefined) return undefined;
  return resultAt + freshForMs(target.intervalMs, backOffMs);
}

/** Longer only by the time that a server asked us to wait. */
export function freshForMs(intervalMs: number, backOffMs = 0): number {
  return Math.max(INTERVALS * intervalMs, SHORTEST_MS) + backOffMs;
}

/** Also where the clock was set back: a result from the future is of unknown age. */
export function isStale(result: Result, now: number): boolean {
  const { target, resultAt, backOffMs } = result;
  return resultAt !== undefined && Math.abs(now - resultAt) > freshForMs(target.intervalMs, backOffMs);
}

/** As the targets are at that moment, old results unknown. The same array where none is too old. */
export function asOf(statuses: readonly TargetStatus[], now: number): readonly TargetStatus[] {
  const isOld = (status: TargetStatus): boolean => status.confirmed !== 'unknown' && isStale(status, now);
  if (!statuses.some(isOld)) return statuses;
  return statuses.map((status) => (isOld(status) ? withState(status, 'unknown') : status));
}

function withState(status: TargetStatus, confirmed: Confirmed): TargetStatus {
  return { ...status, confirmed };
}

/** The confirmed state, as far as it still is known. */
export function confirmedAt(status: Result & Pick<TargetStatus, 'confirmed'>, now: number): Confirmed {
  return isStale(status, now) ? 'unknown' : status.confirmed;
}
