/**
 * Decides whether a target is intermittent. A target is intermittent if it goes down within an hour of being confirmed
 * up, or if its last twelve probes contain at least three separate series of failures. An intermittent target needs six
 * successes in a row to be confirmed up. Used by `confirmation.ts`.
 */
import type { RecentProbe, TargetCourse } from '../model/memory.ts';
import type { TargetStatus } from '../model/status.ts';
import type { Target } from '../model/target.ts';
import { COMES_BACK_WITHIN_MS, isWithinHour } from './affected-mailboxes.ts';

export type Intermittence = Pick<TargetCourse, 'intermittent' | 'recoveredAt' | 'recent'>;

const NONE: readonly never[] = [];
export const STEADY: Intermittence = { intermittent: false, recent: NONE };

const RECENT_PROBES = 12;
/** If the last probes contain at least this many separate series of failures, the target is intermittent. */
const RUNS = 3;
const SUCCESSES = 6;

/** Returns the last probes including `probe`, beginning with the first failure. Empty for a target that works. */
export function withRecent(
  recent: readonly RecentProbe[],
  target: Target,
  probe: RecentProbe,
): readonly RecentProbe[] {
  if (recent.length === 0 && !probe.failed) return NONE;
  const last = [...recent, probe]
    .slice(-RECENT_PROBES)
    .filter(({ at }) => Math.abs(probe.at - at) <= windowMs(target));
  const first = last.findIndex(({ failed }) => failed);
  return first < 0 ? NONE : last.slice(first);
}

/**
 * Whether the last probes contain so many separate series of failures that the target counts as down, although no
 * single series of failures confirmed that.
 */
export function failsOften(recent: readonly RecentProbe[], { failureThreshold }: Target): boolean {
  const runs = recent.filter(({ failed }, at) => failed && recent[at - 1]?.failed !== true).length;
  return runs >= Math.max(RUNS, failureThreshold);
}

/** Whether a target that is now confirmed down was confirmed up within the last hour. */
export function isBackWithinHour({ recoveredAt }: Intermittence, now: number): boolean {
  return recoveredAt !== undefined && isWithinHour(recoveredAt, now);
}

export function successesNeeded({ successThreshold }: Target, { intermittent }: Intermittence): number {
  return intermittent ? Math.max(SUCCESSES, successThreshold) : successThreshold;
}

/**
 * Whether the target is intermittent and succeeded recently: within the last hour or twelve intervals, whichever is
 * longer.
 */
export function comesAndGoes(
  { target, lastSuccess }: Pick<TargetStatus, 'target' | 'lastSuccess'>,
  { intermittent }: Intermittence,
  now: number,
): boolean {
  return intermittent && lastSuccess !== undefined && Math.abs(now - lastSuccess) <= windowMs(target);
}

function windowMs({ intervalMs }: Target): number {
  return Math.max(COMES_BACK_WITHIN_MS, RECENT_PROBES * intervalMs);
}
