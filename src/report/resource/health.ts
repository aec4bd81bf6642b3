/**
 * The JSON of `/health`: the status with its checks, as `application/health+json` (draft-inadarei-api-health-check-06),
 * and the number of targets in `counts`.
 */
import { z } from 'zod';
import { selects } from '../../model/maintenance.ts';
import type { MaintenanceWindow } from '../../model/memory.ts';
import type { Problem, TargetStatus } from '../../model/status.ts';
import { HEALTH_STATUSES, type HealthStatus, overall, targetHealth, reasonOf } from '../health.ts';
import type { MailboxStatus } from '../select.ts';
import { rfc3339, timeSchema } from './json.ts';

const healthStatusSchema = z.enum(HEALTH_STATUSES);

export const checkSchema = z
  .strictObject({
    componentId: z.string(),
    componentType: z.literal('component'),
    status: healthStatusSchema,
    time: timeSchema.optional().describe('When the last probe began'),
    observedValue: z.number().optional(),
    observedUnit: z.literal('s').optional(),
    output: z.string().optional().describe('Absent if the status is pass'),
    links: z.record(z.string(), z.string()),
  })
  .meta({ id: 'HealthCheck' });

export const healthSchema = z
  .strictObject({
    status: healthStatusSchema,
    version: z.string().optional(),
    releaseId: z.string().optional(),
    description: z.string().optional(),
    notes: z
      .array(z.string())
      .optional()
      .describe('Maintenance, open problems, and the number of checks that are left out'),
    output: z.string().optional(),
    counts: z.strictObject({ pass: z.int(), warn: z.int(), fail: z.int() }).optional(),
    checks: z.record(z.string(), z.array(checkSchema)).optional().describe('By MAILBOX:PROTOCOL'),
    links: z.record(z.string(), z.string()).optional(),
  })
  .meta({ id: 'Health' });

export type Health = z.infer<typeof healthSchema>;
type Check = z.infer<typeof checkSchema>;

/**
 * The most checks in the answer. If there are more, only failing checks and warnings are listed. Failing ones come
 * first.
 */
const MOST_CHECKS = 100;
const MOST_NOTES = 20;

/** `counts` are those of these mailboxes. `problems` holds the problems that affect them. */
export function healthOf(
  mailboxes: readonly MailboxStatus[],
  counts: Readonly<Record<HealthStatus, number>>,
  problems: readonly Problem[],
  releaseId: string,
  now: number,
  windows: readonly MaintenanceWindow[],
  remarks: readonly string[] = [],
): Health {
  const targets = mailboxes.flatMap((mailbox) => mailbox.targets);
  const listed = listedTargets(targets);
  const notes = [...remarks, ...maintenanceNotes(windows, mailboxes), ...notesOf(problems)];
  const leftOut = targets.length - listed.length;
  if (leftOut > 0)
    notes.push(`${leftOut} of ${targets.length} checks are not listed: filter with ?app= or ?mailbox=`);
  if (targets.length === 0) notes.push('No mailbox is watched.');

  return {
    status: overall(counts, problems),
    version: '1',
    releaseId,
    description: 'Can the watched applications open their mailboxes?',
    counts: { ...counts },
    ...(notes.length === 0 ? {} : { notes }),
    checks: Object.fromEntries(
      listed.map((status) => [
        `${status.target.mailbox.id}:${status.target.protocol}`,
        [checkOf(status, now)],
      ]),
    ),
    links: { about: '/', problems: '/api/v1/problems' },
  };
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

function maintenanceNotes(
  windows: readonly MaintenanceWindow[],
  mailboxes: readonly MailboxStatus[],
): readonly string[] {
  return windows.slice(0, MOST_NOTES).flatMap((window) => {
    const within = mailboxes.filter(({ mailbox }) => selects(window, mailbox)).length;
    if (within === 0) return [];
    const until = rfc3339(window.until);
    const end = until === null ? 'until it is ended' : `until ${until}`;
    const which = within === mailboxes.length ? '' : `, ${within} of ${mailboxes.length} mailboxes`;
    return `In maintenance ${end}${which}: notifications and alerts are silent.`;
  });
}

function notesOf(problems: readonly Problem[]): string[] {
  const notes = problems.slice(0, MOST_NOTES).map(({ title }) => title);
  if (problems.length > MOST_NOTES) notes.push(`${problems.length - MOST_NOTES} more open problems`);
  return notes;
}

function checkOf(status: TargetStatus, now: number): Check {
  const { target, lastProbe } = status;
  const health = targetHealth(status);
  const time = rfc3339(lastProbe?.evidence.startedAt);
  return {
    componentId: target.mailbox.id,
    componentType: 'component',
    status: health,
    ...(time === null ? {} : { time }),
    ...(lastProbe === undefined ? {} : { observedValue: lastProbe.evidence.seconds, observedUnit: 's' }),
    ...(health === 'pass' ? {} : { output: reasonOf(status, now) }),
    links: { self: `/api/v1/mailboxes/${encodeURIComponent(target.mailbox.id)}` },
  };
}
