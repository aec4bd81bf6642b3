/** The data of the events of `/api/v1/events`: enough to act on, and ids to read the details. */
import { z } from 'zod';
import type { Incident } from '../../model/incident.ts';
import { PROTOCOL_IDS } from '../../model/protocol.ts';
import type { Problem, StatusChange } from '../../model/status.ts';
import { closeView, incidentSchema } from './incident.ts';
import { rfc3339, timeSchema } from './json.ts';
import { problemSchema } from './problem.ts';

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

const ofProblem = problemSchema.shape;

export const problemEventSchema = z
  .strictObject({
    at: timeSchema.nullable(),
    id: ofProblem.id,
    cause: ofProblem.cause,
    scope: ofProblem.scope,
    subject: ofProblem.subject,
    owner: ofProblem.owner,
    severity: ofProblem.severity,
    confidence: ofProblem.confidence,
    since: ofProblem.since,
    affected_mailboxes_count: z.int(),
    title: ofProblem.title,
  })
  .meta({ id: 'ProblemEvent', description: 'Data of the events problem_opened and problem_closed' });

const ofIncident = incidentSchema.shape;

export const incidentEventSchema = z
  .strictObject({
    at: timeSchema.nullable(),
    id: ofIncident.id,
    problem: ofIncident.problem,
    state: ofIncident.state,
    cause: ofIncident.cause,
    owner: ofIncident.owner,
    severity: ofIncident.severity,
    opened: ofIncident.opened,
    closed: ofIncident.closed,
    close_reason: ofIncident.close_reason,
    superseded_by: ofIncident.superseded_by,
    affected_mailboxes_count: z.int().describe('At present'),
    maintenance: ofIncident.maintenance,
    title: ofIncident.title,
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
    ...closeView(incident),
    affected_mailboxes_count: incident.affectedMailboxes.filter(({ until }) => until === undefined).length,
    maintenance: incident.maintenance ?? null,
    title,
  };
}
