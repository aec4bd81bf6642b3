/** The data of an event of `/api/v1/events`: enough to act on, with the ids for the details. */
import { z } from 'zod';
import { CONFIDENCES, OWNERS, SCOPES, SEVERITIES } from '../../model/diagnosis.ts';
import { CLOSE_REASONS, INCIDENT_STATES, type Incident } from '../../model/incident.ts';
import { PROTOCOL_IDS } from '../../model/protocol.ts';
import type { Problem, StatusChange } from '../../model/status.ts';
import { rfc3339, timeSchema } from './json.ts';

const confirmedSchema = z.enum(['unknown', 'up', 'down']);

export const statusEventSchema = z
  .strictObject({
    at: timeSchema.nullable(),
    mailbox: z.string(),
    protocol: z.enum(PROTOCOL_IDS),
    app: z.string(),
    from: confirmedSchema,
    to: confirmedSchema,
    cause: z.string().nullable().describe('The first diagnosis of the probe that confirmed the state'),
    title: z.string().nullable(),
  })
  .meta({ id: 'StatusEvent', description: 'Data of the event status' });

export const problemEventSchema = z
  .strictObject({
    at: timeSchema.nullable(),
    id: z.string().describe('cause:scope:subject, as in /api/v1/problems'),
    cause: z.string(),
    scope: z.enum(SCOPES),
    subject: z.string(),
    owner: z.enum(OWNERS),
    severity: z.enum(SEVERITIES),
    confidence: z.enum(CONFIDENCES),
    since: timeSchema.nullable(),
    affected_mailboxes_count: z.int(),
    title: z.string(),
  })
  .meta({ id: 'ProblemEvent', description: 'Data of the events problem_opened and problem_closed' });

export const incidentEventSchema = z
  .strictObject({
    at: timeSchema.nullable(),
    id: z.string().describe('As in /api/v1/incidents'),
    problem: z.string().describe('cause:scope:subject'),
    state: z.enum(INCIDENT_STATES),
    cause: z.string(),
    owner: z.enum(OWNERS),
    severity: z.enum(SEVERITIES),
    opened: timeSchema.nullable(),
    closed: timeSchema.nullable(),
    close_reason: z.enum(CLOSE_REASONS).nullable(),
    superseded_by: z.string().nullable(),
    affected_mailboxes_count: z.int().describe('At present'),
    maintenance: z.string().nullable(),
    title: z.string(),
  })
  .meta({
    id: 'IncidentEvent',
    description: 'Data of the events incident_opened, _reopened, _grew, _changed and _closed',
  });

export function statusEventView(change: StatusChange): z.infer<typeof statusEventSchema> {
  const { target, from, to, at, probe } = change;
  const [first] = probe.diagnoses;
  return {
    at: rfc3339(at),
    mailbox: target.mailbox.id,
    protocol: target.protocol,
    app: target.app.id,
    from,
    to,
    cause: first?.cause ?? null,
    title: first?.title ?? null,
  };
}

export function problemEventView(problem: Problem, at: number): z.infer<typeof problemEventSchema> {
  const { id, cause, scope, subject, owner, severity, confidence, since, title } = problem;
  return {
    at: rfc3339(at),
    id,
    cause,
    scope,
    subject,
    owner,
    severity,
    confidence,
    since: rfc3339(since),
    affected_mailboxes_count: problem.affectedMailboxes.length,
    title,
  };
}

export function incidentEventView(incident: Incident, at: number): z.infer<typeof incidentEventSchema> {
  const { id, problem, state, cause, owner, severity, title } = incident;
  return {
    at: rfc3339(at),
    id,
    problem,
    state,
    cause,
    owner,
    severity,
    opened: rfc3339(incident.opened),
    closed: rfc3339(incident.closed),
    close_reason: incident.closeReason ?? null,
    superseded_by: incident.supersededBy ?? null,
    affected_mailboxes_count: incident.affectedMailboxes.filter(({ until }) => until === undefined).length,
    maintenance: incident.maintenance ?? null,
    title,
  };
}
