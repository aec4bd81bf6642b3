/**
 * The form in which webhooks send an incident. Its members have the names of the API, and its times are in RFC 3339.
 * Pure.
 */
import type { Incident } from '../model/incident.ts';

export function incidentView(incident: Incident): object {
  const { diagnosis } = incident;
  return {
    id: incident.id,
    problem: incident.problem,
    cause: incident.cause,
    scope: incident.scope,
    subject: incident.subject,
    owner: incident.owner,
    severity: incident.severity,
    confidence: incident.confidence,
    opened: time(incident.opened),
    confirmed: time(incident.confirmed),
    closed: time(incident.closed),
    title: incident.title,
    peak_affected: incident.peakAffected,
    affected_mailboxes: incident.affectedMailboxes.map(({ id, since, until }) => ({
      id,
      since: time(since),
      until: time(until),
    })),
    state: incident.state,
    former_causes: incident.formerCauses,
    superseded_by: incident.supersededBy ?? null,
    close_reason: incident.closeReason ?? null,
    diagnosis: {
      cause: diagnosis.cause,
      confidence: diagnosis.confidence,
      evidence: diagnosis.evidence,
      fix: diagnosis.fix,
      takes_effect: diagnosis.takesEffect ?? null,
      look_alikes: diagnosis.lookAlikes,
      references: diagnosis.references,
    },
  };
}

function time(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
