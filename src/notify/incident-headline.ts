/**
 * The first line of a message about an incident. Its first 80 characters matter most, because a lock screen shows no
 * more. Pure.
 */
import { durationText } from '../model/duration-text.ts';
import type { Severity } from '../model/diagnosis.ts';
import { quoted, stateOfHit, titled, whoIsHit, type IncidentReport } from './incident-report.ts';
import { counted, span } from './moment.ts';

/**
 * The headline names the affected mailboxes, or the urgency if no mailbox is affected, and then the fault. The headline
 * of a close begins with `Resolved` or `No longer watched`.
 */
export function headline(report: IncidentReport, timezone: string): string {
  const { kind, at, incident, before } = report;
  const { opened, closed = at, severity } = incident;
  const state = stateOfHit(report);
  switch (kind) {
    case 'opened':
      return titled(state ?? urgencyOf(severity), incident);
    case 'reopened':
      return titled(`${state ?? urgencyOf(severity)} again`, incident);
    case 'reminder':
      return titled(reminder(report, durationText(at - opened)), incident);
    case 'changed': {
      const isCause = before === undefined || before.cause !== incident.cause;
      const news = isCause ? 'new cause' : `now ${severity}`;
      return titled(state === undefined ? capital(news) : `${state}, ${news}`, incident);
    }
    case 'missed':
      return quoted(`${pastOf(report) ?? 'Was open'} ${span(opened, closed, timezone)}`, incident);
    case 'closed':
      return over(report, closed - opened);
  }
}

function reminder(report: IncidentReport, duration: string): string {
  const { severity } = report.incident;
  return (
    stateOfHit(report, `after ${duration}`) ??
    (severity === 'critical' ? 'Still urgent' : `Still open after ${duration}`)
  );
}

function over(report: IncidentReport, ms: number): string {
  const { closeReason, spells, advisory } = report.incident;
  const end = closeReason === 'no-longer-configured' ? 'No longer watched' : 'Resolved';
  const past = pastOf(report);
  const duration = durationText(ms);
  if (past === undefined) {
    const prefix = advisory ? end : `${end} after ${duration}`;
    return closeReason === 'no-longer-configured'
      ? quoted(prefix, report.incident)
      : titled(`${prefix}, no longer the case`, report.incident);
  }
  const howLong =
    spells.length > 1 ? `${counted(spells.length, 'time', 'times')} in ${duration}` : `for ${duration}`;
  return quoted(`${end}: ${past} ${howLong}`, report.incident);
}

/**
 * Example: `qms-inbox was down` or `40 mailboxes were down`. Undefined for an advisory, and if no mailbox was affected.
 */
function pastOf(report: IncidentReport): string | undefined {
  const who = whoIsHit(report);
  return who && `${who} ${report.incident.peakAffected > 1 ? 'were' : 'was'} down`;
}

function urgencyOf(severity: Severity): string {
  return { critical: 'Urgent', warning: 'Warning', info: 'For information' }[severity];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
