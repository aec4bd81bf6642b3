/**
 * Is a target intermittent? It is if it is down again within an hour of being up, or if several separate runs of its
 * last probes failed. Then it takes six successes in a row to be up again. Part of `confirmation.ts`, which decides
 * what is up and down; pure.
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
/** How many separate runs of failures among them make a target intermittent. */
const RUNS = 3;
const SUCCESSES = 6;

/** The last probes including this one, beginning with the first failure. Empty for a target that works. */
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
 * So many separate runs of its last probes failed that the target counts as down, although no single run confirmed it.
 */
export function failsOften(recent: readonly RecentProbe[], { failureThreshold }: Target): boolean {
  const runs = recent.filter(({ failed }, at) => failed && recent[at - 1]?.failed !== true).length;
  return runs >= Math.max(RUNS, failureThreshold);
}

/** It is confirmed down now, and was up within the last hour. */
export function isBackWithinHour({ recoveredAt }: Intermittence, now: number): boolean {
  return recoveredAt !== undefined && isWithinHour(recoveredAt, now);
}

/** Successes in a row that confirm it up. */
export function successesNeeded({ successThreshold }: Target, { intermittent }: Intermittence): number {
  return intermittent ? Math.max(SUCCESSES, successThreshold) : successThreshold;
}

/** It is intermittent and opened recently, so its failure comes and goes. */
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
