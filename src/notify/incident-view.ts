/**
 * The form in which webhooks send an incident. Its members have the names of the API, and its times are in RFC 3339.
 * Pure.
 */
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Incident } from '../model/incident.ts';

export function incidentView(incident: Incident): object {
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
    diagnosis: diagnosisView(incident.diagnosis),
  };
}

function diagnosisView(diagnosis: Diagnosis): object {
  return {
    cause: diagnosis.cause,
    cause_detail: diagnosis.causeDetail ?? null,
    confidence: diagnosis.confidence,
    scope: diagnosis.scope,
    subject: diagnosis.subject,
    owner: diagnosis.owner,
    severity: diagnosis.severity,
    title: diagnosis.title,
    evidence: diagnosis.evidence,
    fix: diagnosis.fix,
    takes_effect: diagnosis.takesEffect ?? null,
    look_alikes: diagnosis.lookAlikes,
    alternative_to: diagnosis.alternativeTo ?? null,
    guide_step: diagnosis.guideStep ?? null,
    references: diagnosis.references,
  };
}

function time(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
