/** The message about one incident: what is wrong, who is hit, how sure, since when, what to do, how to silence it. Pure. */
import type { Confidence, Diagnosis, Owner } from '../model/diagnosis.ts';
import type { Incident } from '../model/incident.ts';
import type { IncidentMessageKind } from './decide.ts';
import { type Fact, headlineOf, type Message, type Section, type Surroundings } from './message.ts';
import { counted, dayAndTime, durationText, span } from './moment.ts';

const MOST_NAMES = 5;
const MOST_LOOK_ALIKES = 3;

export interface IncidentReport {
  readonly id: string;
  readonly kind: IncidentMessageKind;
  readonly at: number;
  readonly incident: Incident;
  /** Mailboxes that are affected now. */
  readonly affectedNow: number;
  readonly before?: { readonly cause: string; readonly severity: string };
}

export function incidentMessage(report: IncidentReport, around: Surroundings): Message {
  const { id, kind, at, incident } = report;
  const isOver = incident.closed !== undefined;
  const link =
    around.externalUrl === undefined ? {} : { link: `${around.externalUrl}/incidents/${incident.id}` };
  return {
    id,
    event: kind,
    at,
    tone: isOver ? 'resolved' : 'problem',
    severity: incident.severity,
    headline: headlineOf(headline(report, around), around),
    facts: facts(report, around),
    sections: isOver ? [] : sections(incident.diagnosis),
    ...link,
    footer: footer(report, around),
    thread: incident.id,
    simulated: around.simulated,
    incident,
  };
}

function headline(report: IncidentReport, { timezone }: Surroundings): string {
  const { kind, at, incident, before } = report;
  const { title, opened, closed = at, severity } = incident;
  switch (kind) {
    case 'opened':
      return `${hit(report)}: ${title}`;
    case 'reopened':
      return `${hit(report)} again: ${title}`;
    case 'reminder':
      return `Still ${stillHit(report, durationText(at - opened))}: ${title}`;
    case 'changed':
      return before === undefined || before.cause !== incident.cause
        ? `New cause: ${title}`
        : `Now ${severity}: ${title}`;
    case 'missed':
      return `Was down ${span(opened, closed, timezone)}: ${title}`;
    case 'closed':
      return incident.closeReason === 'no-longer-configured'
        ? `No longer watched: ${title}`
        : `Resolved after ${durationText(closed - opened)}: ${title}`;
  }
}

/** `40 mailboxes down`, `qms-inbox down`; of an advisory its severity. */
function hit({ incident, affectedNow }: IncidentReport): string {
  const { advisory, severity, affectedMailboxes } = incident;
  if (advisory || affectedNow === 0) return severity === 'critical' ? 'Urgent' : upperFirst(severity);
  const only = affectedMailboxes.find(({ until }) => until === undefined);
  return affectedNow === 1 && only !== undefined ? `${only.id} down` : `${affectedNow} mailboxes down`;
}

function stillHit({ incident, affectedNow }: IncidentReport, duration: string): string {
  const { advisory, severity, affectedMailboxes } = incident;
  if (advisory || affectedNow === 0)
    return `${severity === 'critical' ? 'urgent' : 'open'} after ${duration}`;
  const only = affectedMailboxes.find(({ until }) => until === undefined);
  const who = affectedNow === 1 && only !== undefined ? only.id : `${affectedNow} mailboxes`;
  return `down after ${duration}, ${who}`;
}

function facts(report: IncidentReport, { timezone }: Surroundings): readonly Fact[] {
  const { incident, at } = report;
  const { opened, closed, formerCauses, diagnosis, cause, state, spells, recovering } = incident;
  const time =
    closed === undefined
      ? [{ name: 'Since', value: `${dayAndTime(opened, timezone)} (${durationText(at - opened)})` }]
      : [
          { name: 'From', value: dayAndTime(opened, timezone) },
          { name: 'Until', value: `${dayAndTime(closed, timezone)} (${durationText(closed - opened)})` },
        ];
  const goes =
    state === 'intermittent' || spells.length > 1
      ? [{ name: 'Pattern', value: intermittent(spells.length, recovering) }]
      : [];
  const former =
    formerCauses.length === 0 ? [] : [{ name: 'Reported before as', value: formerCauses.join(', ') }];
  const effect =
    closed !== undefined || diagnosis.takesEffect === undefined
      ? []
      : [{ name: 'A fix is seen', value: diagnosis.takesEffect }];
  return [
    { name: 'What', value: incident.title },
    { name: closed === undefined ? 'Affected' : 'Was affected', value: affected(report) },
    ...time,
    ...goes,
    { name: 'Cause', value: `${cause} (${confidenceText(incident.confidence, diagnosis)})` },
    ...former,
    { name: 'Who can fix it', value: ownerText(incident.owner) },
    ...effect,
  ];
}

function intermittent(spells: number, recovering: Incident['recovering']): string {
  const now =
    recovering === undefined
      ? ''
      : `; recovering, ${recovering.successes} of ${recovering.needed} probes in a row`;
  return `comes and goes, ${counted(spells, 'spell', 'spells')}${now}`;
}

function affected({ incident, affectedNow }: IncidentReport): string {
  const { affectedMailboxes, peakAffected, closed, scope, subject, advisory } = incident;
  const isOver = closed !== undefined;
  const names = affectedMailboxes
    .filter(({ until }) => isOver || until === undefined)
    .map(({ id }) => id)
    .slice(0, MOST_NAMES);
  const count = isOver ? Math.max(peakAffected, names.length) : affectedNow;
  if (count === 0) return advisory ? `nobody yet; ${scope} ${subject}` : `${scope} ${subject}`;
  const more = count > names.length ? `${names.length > 0 ? ' and ' : ''}${count - names.length} more` : '';
  return `${counted(count, 'mailbox', 'mailboxes')}: ${names.join(', ')}${more}`;
}

function confidenceText(confidence: Confidence, { lookAlikes }: Diagnosis): string {
  if (confidence === 'certain') return 'certain';
  return lookAlikes.length === 0 ? confidence : `${confidence}; how to tell it from others: see below`;
}

export function ownerText(owner: Owner): string {
  return {
    'entra-admin': 'an administrator of Entra ID',
    'exchange-admin': 'an administrator of Exchange Online',
    'network-admin': 'whoever runs the network',
    operator: 'whoever runs mailprobe',
    microsoft: 'Microsoft; nothing to do but wait or open a ticket',
  }[owner];
}

function sections({ fix, lookAlikes }: Diagnosis): readonly Section[] {
  const [first] = fix;
  const rest = fix.length - 1;
  const more = rest < 1 ? [] : [{ text: `${counted(rest, 'further step', 'further steps')} on the page.` }];
  return [
    ...(first === undefined ? [] : [{ heading: 'First step', steps: [first, ...more] }]),
    ...(lookAlikes.length === 0
      ? []
      : [
          {
            heading: 'It may also be',
            steps: lookAlikes
              .slice(0, MOST_LOOK_ALIKES)
              .map(({ cause, test }) => ({ text: `${cause}: ${test}` })),
          },
        ]),
  ];
}

function footer({ incident }: IncidentReport, { externalUrl }: Surroundings): string {
  if (incident.closed !== undefined) return 'Nothing more is sent about this incident unless it comes back.';
  const path = `/api/v1/incidents/${incident.id}/acknowledgement`;
  return `Reminded once a day. To silence it, acknowledge it: POST ${externalUrl ?? ''}${path} with {"by":"you","note":"why"}.`;
}

function upperFirst(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
