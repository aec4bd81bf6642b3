/** The first line of a message about an incident: a lock screen shows no more than its first 80 characters. Pure. */
import type { Severity } from '../model/diagnosis.ts';
import { stateOfHit, titled, whoIsHit, type IncidentReport } from './incident-report.ts';
import { durationText, span } from './moment.ts';

/** Who is hit, then what is wrong; of what is over, that comes first. */
export function headline(report: IncidentReport, timezone: string): string {
  const { kind, at, incident, before } = report;
  const { opened, closed = at, severity, advisory } = incident;
  const who = whoIsHit(report);
  const state = stateOfHit(report);
  const isDown = state !== undefined && who !== undefined && !advisory;
  const also = isDown ? `, ${who}` : '';
  switch (kind) {
    case 'opened':
      return titled(isDown ? state : urgencyOf(severity), incident);
    case 'reopened':
      return titled(isDown ? `${state} again` : `${urgencyOf(severity)} again`, incident);
    case 'reminder':
      return titled(
        isDown
          ? `Still ${report.downNow === 0 ? 'open' : 'down'} after ${durationText(at - opened)}${also}`
          : `Still ${severity}`,
        incident,
      );
    case 'changed':
      return titled(
        before === undefined || before.cause !== incident.cause
          ? `New cause${also}`
          : `Now ${severity}${also}`,
        incident,
      );
    case 'missed':
      return titled(`Was down ${span(opened, closed, timezone)}${also}`, incident);
    case 'closed': {
      const end = incident.closeReason === 'no-longer-configured' ? 'No longer watched' : 'Resolved';
      return titled(isDown ? `${end} after ${durationText(closed - opened)}${also}` : end, incident);
    }
  }
}

function urgencyOf(severity: Severity): string {
  return { critical: 'Urgent', warning: 'Warning', info: 'For information' }[severity];
}
