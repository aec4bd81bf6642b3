/**
 * Health as one of pass, warn and fail. Unknown counts as a warning. Used by `/health` and by the page.
 */
import { roundDuration } from '../model/duration-text.ts';
import { isStale } from '../model/freshness.ts';
import { failedStages } from '../model/evidence.ts';
import type { Problem, TargetStatus } from '../model/status.ts';
import type { MailboxStatus } from './select.ts';

export const HEALTH_STATUSES = ['pass', 'warn', 'fail'] as const;
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

/** An unconfirmed failure and a success with a warning both count as `warn`. */
export function targetHealth({ confirmed, lastProbe }: TargetStatus): HealthStatus {
  if (confirmed === 'down') return 'fail';
  if (confirmed === 'unknown' || lastProbe?.success === false) return 'warn';
  return lastProbe?.diagnoses.some(({ severity }) => severity !== 'info') === true ? 'warn' : 'pass';
}

/** The number of targets in each state. */
export function healthCounts(mailboxes: readonly MailboxStatus[]): Record<HealthStatus, number> {
  const counts = { pass: 0, warn: 0, fail: 0 };
  for (const { targets } of mailboxes) for (const target of targets) counts[targetHealth(target)] += 1;
  return counts;
}

/**
 * Returns `fail` if a target is down. Returns `warn` if a target is at `warn`, if no mailbox is watched, or if a
 * problem more severe than `info` is open, such as a secret that expires soon.
 */
export function overall(
  counts: Readonly<Record<HealthStatus, number>>,
  problems: readonly Problem[],
): HealthStatus {
  if (counts.fail > 0) return 'fail';
  const nothingWatched = counts.pass + counts.warn === 0;
  const warned = counts.warn > 0 || problems.some(({ severity }) => severity !== 'info');
  return warned || nothingWatched ? 'warn' : 'pass';
}

/**
 * One line that says why a target is not well: that the last result is stale, the verdict, the failed stage, or that
 * nothing is confirmed yet. Empty if it is up.
 */
export function reasonOf(status: TargetStatus, now: number): string {
  const { confirmed, lastProbe, resultAt = now } = status;
  if (isStale(status, now)) {
    return `The last result is ${roundDuration(Math.abs(now - resultAt))} old and no longer counts: mailprobe has not probed it since.`;
  }
  const title = lastProbe?.diagnoses[0]?.title;
  if (title !== undefined) return title;
  const failed = lastProbe && failedStages(lastProbe.evidence)[0];
  if (failed !== undefined) return `${failed.stage} failed: ${failed.failure?.text ?? 'no reason was given'}`;
  if (lastProbe === undefined) return 'Not probed yet.';
  return confirmed === 'up' ? '' : 'Opened at the last probe; not confirmed yet.';
}
