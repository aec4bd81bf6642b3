/**
 * One word for machines that cannot read more: pass, warn or fail, with the checks behind it, as
 * `application/health+json` (draft-inadarei-api-health-check-06). Unknown is a warning: neither good nor bad.
 */
import type { z } from 'zod';
import { failedStages } from '../model/evidence.ts';
import type { Problem, TargetStatus } from '../model/status.ts';
import type { checkSchema, healthSchema, healthStatusSchema } from './schema/health-schema.ts';
import type { MailboxStatus } from './select.ts';
import { rfc3339 } from './view/json.ts';

export type Health = z.infer<typeof healthSchema>;
export type HealthStatus = z.infer<typeof healthStatusSchema>;
type Check = z.infer<typeof checkSchema>;

/** Above this many checks only those that do not pass are listed, and of those as many. */
const MOST_CHECKS = 100;
const MOST_NOTES = 20;

/** `problems`: those that concern these mailboxes. */
export function healthOf(
  mailboxes: readonly MailboxStatus[],
  problems: readonly Problem[],
  releaseId: string,
): Health {
  const counts = healthCounts(mailboxes);
  const targets = mailboxes.flatMap((mailbox) => mailbox.targets);
  const listed = listedTargets(targets);
  const notes = notesOf(problems);
  const leftOut = targets.length - listed.length;
  if (leftOut > 0)
    notes.push(`${leftOut} of ${targets.length} checks are not listed: narrow with ?app= or ?mailbox=`);
  if (targets.length === 0) notes.push('No mailbox is watched.');

  return {
    status: overall(counts, problems),
    version: '1',
    releaseId,
    description: 'Can the watched applications open their mailboxes?',
    counts,
    ...(notes.length === 0 ? {} : { notes }),
    checks: Object.fromEntries(
      listed.map((status) => [`${status.target.mailbox.id}:${status.target.protocol}`, [checkOf(status)]]),
    ),
    links: { about: '/', problems: '/api/v1/problems' },
  };
}

/** A single failure that is not confirmed yet, and a look that succeeds with a warning, are warnings. */
export function targetHealth({ confirmed, lastLook }: TargetStatus): HealthStatus {
  if (confirmed === 'down') return 'fail';
  if (confirmed === 'unknown' || lastLook?.success === false) return 'warn';
  return lastLook?.diagnoses.some(({ severity }) => severity !== 'info') === true ? 'warn' : 'pass';
}

/** How many targets are in which state. */
export function healthCounts(mailboxes: readonly MailboxStatus[]): Record<HealthStatus, number> {
  const counts = { pass: 0, warn: 0, fail: 0 };
  for (const { targets } of mailboxes) for (const target of targets) counts[targetHealth(target)] += 1;
  return counts;
}

/** A problem without a failing mailbox (a secret that ends soon) is a warning: nobody is locked out yet. */
export function overall(
  counts: Readonly<Record<HealthStatus, number>>,
  problems: readonly Problem[],
): HealthStatus {
  if (counts.fail > 0) return 'fail';
  const nothingWatched = counts.pass + counts.warn === 0;
  const warned = counts.warn > 0 || problems.some(({ severity }) => severity !== 'info');
  return warned || nothingWatched ? 'warn' : 'pass';
}

function listedTargets(targets: readonly TargetStatus[]): readonly TargetStatus[] {
  if (targets.length <= MOST_CHECKS) return targets;
  const failing: TargetStatus[] = [];
  const warning: TargetStatus[] = [];
  for (const status of targets) {
    const health = targetHealth(status);
    if (health === 'fail' && failing.push(status) === MOST_CHECKS) break;
    if (health === 'warn' && warning.length < MOST_CHECKS) warning.push(status);
  }
  return [...failing, ...warning].slice(0, MOST_CHECKS);
}

function notesOf(problems: readonly Problem[]): string[] {
  const notes = problems.slice(0, MOST_NOTES).map(({ title }) => title);
  if (problems.length > MOST_NOTES) notes.push(`${problems.length - MOST_NOTES} more open problems`);
  return notes;
}

function checkOf(status: TargetStatus): Check {
  const { target, lastLook } = status;
  const health = targetHealth(status);
  const time = rfc3339(lastLook?.evidence.startedAt);
  return {
    componentId: target.mailbox.id,
    componentType: 'component',
    status: health,
    ...(time === null ? {} : { time }),
    ...(lastLook === undefined ? {} : { observedValue: lastLook.evidence.seconds, observedUnit: 's' }),
    ...(health === 'pass' ? {} : { output: wordsOf(status) }),
    links: { self: `/api/v1/mailboxes/${encodeURIComponent(target.mailbox.id)}` },
  };
}

/** One line on why a target is not well: the verdict, or else the server's own words. */
export function wordsOf({ confirmed, lastLook }: TargetStatus): string {
  const title = lastLook?.diagnoses[0]?.title;
  if (title !== undefined) return title;
  const failed = lastLook && failedStages(lastLook.evidence)[0];
  if (failed !== undefined) return `${failed.stage} failed: ${failed.failure?.text ?? 'no reason was given'}`;
  if (lastLook === undefined) return 'Not looked at yet.';
  return confirmed === 'up' ? '' : 'Opened at the last look; not confirmed yet.';
}
