/** The JSON of an incident, with the affected mailboxes and the notifications. */
import { z } from 'zod';
import { CLOSE_REASONS, INCIDENT_STATES, type Acknowledgement, type Incident } from '../../model/incident.ts';
import type { StoredIncident } from '../../model/past.ts';
import { incidentPath, pageSchema } from '../page-path.ts';
import { nextSchema } from '../http/paging.ts';
import { diagnosisSchema, diagnosisView } from './diagnosis.ts';
import { rfc3339, timeSchema } from './json.ts';

export const acknowledgementSchema = z
  .strictObject({
    by: z.string(),
    note: z.string(),
    at: timeSchema.nullable(),
    until: timeSchema.nullable().describe('null: until the incident closes'),
  })
  .meta({ id: 'Acknowledgement' });

const { cause, scope, subject, owner, severity, confidence, title } = diagnosisSchema.shape;

export const incidentSchema = z
  .strictObject({
    id: z.string().describe('UUID version 7: ids sort by the time of opening'),
    page: pageSchema,
    problem: z.string().describe('cause:scope:subject, as in /api/v1/problems'),
    cause,
    scope,
    subject,
    owner,
    severity,
    confidence,
    title,
    state: z.enum(INCIDENT_STATES).describe('intermittent: it came back within an hour'),
    opened: timeSchema.nullable(),
    confirmed: timeSchema.nullable().describe('When its first failure was confirmed'),
    closed: timeSchema.nullable(),
    close_reason: z.enum(CLOSE_REASONS).nullable(),
    superseded_by: z.string().nullable().describe('Id of the incident that continues the fault'),
    former_causes: z.array(z.string()).describe('Its earlier causes, oldest first'),
    affected_mailboxes: z.array(
      z.strictObject({ id: z.string(), since: timeSchema.nullable(), until: timeSchema.nullable() }),
    ),
    peak_affected: z.int().describe('Most mailboxes affected at one time'),
    advisory: z.boolean().describe('Mailboxes still work'),
    spells: z
      .array(timeSchema.nullable())
      .describe('When the fault began; more than once if it is intermittent'),
    recovering: z
      .strictObject({ successes: z.int(), needed: z.int() })
      .nullable()
      .describe('For an intermittent one: successes in a row, and how many close it'),
    acknowledgement: acknowledgementSchema.nullable(),
    maintenance: z.string().nullable().describe('Id of the maintenance window that it falls into'),
    deliveries: z.array(
      z.strictObject({
        channel: z.string(),
        message: z.string(),
        outcome: z.string(),
        at: timeSchema.nullable(),
        detail: z.string().nullable(),
      }),
    ),
    diagnosis: diagnosisSchema,
  })
  .meta({ id: 'Incident' });

export const incidentListSchema = z
  .strictObject({ incidents: z.array(incidentSchema), next: nextSchema })
  .meta({ id: 'IncidentList' });

export const acknowledgementRequestSchema = z
  .strictObject({
    by: z.string().trim().min(1).max(100).describe('Who acknowledged it'),
    note: z.string().max(1_000).default(''),
    until: z.iso.datetime({ offset: true }).optional().describe('Absent: until the incident closes'),
  })
  .meta({ id: 'AcknowledgementRequest' });

export type IncidentView = z.infer<typeof incidentSchema>;

export function incidentView(incident: StoredIncident): IncidentView {
  const { id, problem, cause, scope, subject, owner, severity, confidence, title, state, advisory } =
    incident;
  return {
    id,
    page: incidentPath(id),
    problem,
    cause,
    scope,
    subject,
    owner,
    severity,
    confidence,
    title,
    state,
    opened: rfc3339(incident.opened),
    confirmed: rfc3339(incident.confirmed),
    ...closeView(incident),
    former_causes: [...incident.formerCauses],
    affected_mailboxes: incident.affectedMailboxes.map((one) => ({
      id: one.id,
      since: rfc3339(one.since),
      until: rfc3339(one.until),
    })),
    peak_affected: incident.peakAffected,
    advisory,
    spells: incident.spells.map(rfc3339),
    recovering: incident.recovering === undefined ? null : { ...incident.recovering },
    acknowledgement:
      incident.acknowledgement === undefined ? null : acknowledgementView(incident.acknowledgement),
    maintenance: incident.maintenance ?? null,
    deliveries: incident.deliveries.map(({ channel, message, outcome, at, detail }) => ({
      channel,
      message,
      outcome,
      at: rfc3339(at),
      detail: detail ?? null,
    })),
    diagnosis: diagnosisView(incident.diagnosis),
  };
}

/**
 * Returns when and why the incident closed, and which incident continues it. Events about incidents have the same
 * members.
 */
export function closeView({
  closed,
  closeReason,
  supersededBy,
}: Incident): Pick<IncidentView, 'closed' | 'close_reason' | 'superseded_by'> {
  return { closed: rfc3339(closed), close_reason: closeReason ?? null, superseded_by: supersededBy ?? null };
}

function acknowledgementView({
  by,
  note,
  at,
  until,
}: Acknowledgement): z.infer<typeof acknowledgementSchema> {
  return { by, note, at: rfc3339(at), until: rfc3339(until) };
}
