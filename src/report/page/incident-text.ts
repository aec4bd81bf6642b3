/** An incident as plain text for a ticket: what is wrong, since when, who can fix it, how, and the events. */
import { durationText } from '../../model/duration-text.ts';
import type { StoredIncident } from '../../model/past.ts';
import { rfc3339 } from '../resource/json.ts';
import { incidentEvents } from './incident-timeline.ts';
import { CONFIDENCE_LABELS, countText, OWNER_LABELS } from './labels.ts';

const MOST_MAILBOXES = 20;

export function incidentText(incident: StoredIncident, now: number): string {
  const { id, title, cause, owner, confidence, opened, closed, peakAffected, diagnosis } = incident;
  const ids = incident.affectedMailboxes.map((one) => one.id);
  const more = ids.length - MOST_MAILBOXES;
  return [
    title,
    '',
    `Incident: ${id}`,
    `Cause: ${cause} (${CONFIDENCE_LABELS[confidence]})`,
    `Who can fix it: ${OWNER_LABELS[owner]}`,
    `Opened: ${rfc3339(opened)}`,
    closed === undefined
      ? `Open for: ${durationText(now - opened)}`
      : `Closed: ${rfc3339(closed)}, after ${durationText(closed - opened)}`,
    `Affected: ${countText(peakAffected, 'mailbox', 'mailboxes')}${ids.length === 0 ? '' : `: ${ids.slice(0, MOST_MAILBOXES).join(', ')}`}${more > 0 ? ` and ${more} more` : ''}`,
    '',
    'Evidence:',
    ...diagnosis.evidence.map((line) => `- ${line}`),
    ...(diagnosis.fix.length === 0 ? [] : ['', 'What to do:']),
    ...diagnosis.fix.map(
      ({ text, command }, at) =>
        `${at + 1}. ${text}${command === undefined ? '' : `\n${command.replaceAll(/^/gm, '   ')}`}`,
    ),
    '',
    'Timeline:',
    ...incidentEvents(incident).map(({ at, text }) => `${rfc3339(at)} ${text}`),
  ].join('\n');
}
