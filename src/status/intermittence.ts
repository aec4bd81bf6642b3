/**
 * Is a target intermittent? It is if it is down again within an hour of being up, or if at least three separate runs
 * among its last twelve probes failed. An intermittent target needs six successes in a row to be up again. Used by
 * `confirmation.ts`, which decides what is up and down; pure.
 */
import type { RecentProbe, TargetCourse } from '../model/memory.ts';
import type { TargetStatus } from '../model/status.ts';
import type { Target } from '../model/target.ts';
import { COMES_BACK_WITHIN_MS, isWithinHour } from './affected-mailboxes.ts';

export type Intermittence = Pick<TargetCourse, 'intermittent' | 'recoveredAt' | 'recent'>;

const NONE: readonly never[] = [];
export const STEADY: Intermittence = { intermittent: false, recent: NONE };

/** How many of the last probes count. */
const RECENT_PROBES = 12;
/** At least this many separate runs of failures among them make a target intermittent. */
const RUNS = 3;
const SUCCESSES = 6;

/** Returns the last probes including this one, beginning with the first failure. Empty for a target that works. */
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
 * Returns whether so many separate runs among the last probes failed that the target counts as down, although no single
 * run confirmed it.
 */
export function failsOften(recent: readonly RecentProbe[], { failureThreshold }: Target): boolean {
  const runs = recent.filter(({ failed }, at) => failed && recent[at - 1]?.failed !== true).length;
  return runs >= Math.max(RUNS, failureThreshold);
}

/** Returns whether a target that is confirmed down now recovered within the last hour. */
export function isBackWithinHour({ recoveredAt }: Intermittence, now: number): boolean {
  return recoveredAt !== undefined && isWithinHour(recoveredAt, now);
}

/** Returns how many successes in a row confirm the target up. */
export function successesNeeded({ successThreshold }: Target, { intermittent }: Intermittence): number {
  return intermittent ? Math.max(SUCCESSES, successThreshold) : successThreshold;
}

/**
 * Returns whether the target is intermittent and opened recently: within the last hour or twelve intervals, whichever
 * is longer.
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
