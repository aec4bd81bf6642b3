/** Health as `pass`, `warn` or `fail`. Unknown counts as `warn`. Used by `/health` and by the pages. */
import { roundDuration } from '../model/duration-text.ts';
import { isStale } from '../model/freshness.ts';
import { failedStages } from '../model/evidence.ts';
import type { Problem, TargetStatus } from '../model/status.ts';
import type { MailboxStatus } from './select.ts';

export const HEALTH_STATUSES = ['pass', 'warn', 'fail'] as const;
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

/** A failure that is not confirmed yet counts as `warn`, and so does a success with a warning. */
export function targetHealth({ confirmed, lastProbe }: TargetStatus): HealthStatus {
  if (confirmed === 'down') return 'fail';
  if (confirmed === 'unknown' || lastProbe?.success === false) return 'warn';
  return lastProbe?.diagnoses.some(({ severity }) => severity !== 'info') === true ? 'warn' : 'pass';
}

/** Returns how many targets are at `pass`, `warn` and `fail`. */
export function healthCounts(mailboxes: readonly MailboxStatus[]): Record<HealthStatus, number> {
  const counts = { pass: 0, warn: 0, fail: 0 };
  for (const { targets } of mailboxes) for (const target of targets) counts[targetHealth(target)] += 1;
  return counts;
}

/**
 * Returns `fail` if a target is at `fail`. Returns `warn` if a target is at `warn`, if no mailbox is watched, or if a
 * problem above the severity `info` is open.
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
 * Returns one line about what is wrong with a target: an old result, a diagnosis, a failed stage, or a state that is
 * not confirmed yet. Empty if the target is up.
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
