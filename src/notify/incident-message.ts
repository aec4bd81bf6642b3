/** The message about one incident: what is wrong, who is hit, how sure, since when, what to do, how to silence it. Pure. */
import type { Confidence, Diagnosis, Owner } from '../model/diagnosis.ts';
import type { Incident } from '../model/incident.ts';
import { headline } from './incident-headline.ts';
import type { IncidentReport } from './incident-report.ts';
import { type Fact, headlineOf, type Message, type Section, type Surroundings } from './message.ts';
import { counted, dayAndTime, durationText } from './moment.ts';

const MOST_NAMES = 5;
const MOST_LOOK_ALIKES = 3;

export function incidentMessage(report: IncidentReport, around: Surroundings): Message {
  const { id, kind, at, incident } = report;
  const isOver = incident.closed !== undefined;
  const first = headlineOf(headline(report, around.timezone), around);
  const link =
    around.externalUrl === undefined ? {} : { link: `${around.externalUrl}/incidents/${incident.id}` };
  return {
    id,
    event: kind,
    at,
    tone: isOver ? 'resolved' : 'problem',
    severity: incident.severity,
    headline: first,
    facts: facts(report, around, first.endsWith('…')),
    sections: isOver ? [] : sections(incident.diagnosis),
    ...link,
    footer: footer(report, around),
    thread: incident.id,
    simulated: around.simulated,
    incident,
  };
}

function facts(report: IncidentReport, { timezone }: Surroundings, cut: boolean): readonly Fact[] {
  const { incident } = report;
  const { closed, formerCauses, diagnosis, cause, advisory } = incident;
  const isOver = closed !== undefined;
  const affectedName = advisory ? 'Concerns' : isOver ? 'Was affected' : 'Affected';
  return [
    ...fact('What', cut ? incident.title : undefined),
    { name: affectedName, value: affected(report) },
    ...times(report, timezone),
    ...fact('Pattern', pattern(incident)),
    {
      name: 'Cause',
      value: `${cause} (${isOver ? incident.confidence : confidenceText(incident.confidence, diagnosis)})`,
    },
    ...fact('Reported before as', formerCauses.length === 0 ? undefined : formerCauses.join(', ')),
    ...fact('Who can fix it', isOver ? undefined : ownerText(incident.owner)),
    ...fact('A fix takes effect', isOver ? undefined : diagnosis.takesEffect),
  ];
}

function fact(name: string, value: string | undefined): readonly Fact[] {
  return value === undefined ? [] : [{ name, value }];
}

function times({ incident, kind, at }: IncidentReport, timezone: string): readonly Fact[] {
  const { opened, closed, spells } = incident;
  const began = dayAndTime(opened, timezone);
  if (closed !== undefined) {
    const until = `${dayAndTime(closed, timezone)} (${durationText(closed - opened)})`;
    return [...fact('From', began), ...fact('Until', until)];
  }
  const latest = spells.at(-1);
  if (spells.length > 1 && latest !== undefined)
    return [...fact('First seen', began), ...fact('Down again since', dayAndTime(latest, timezone))];
  return fact('Since', kind === 'opened' ? began : `${began} (${durationText(at - opened)})`);
}

function pattern({ state, spells, recovering }: Incident): string | undefined {
  if (state !== 'intermittent' && spells.length < 2) return undefined;
  const now =
    recovering === undefined
      ? ''
      : `; recovering, ${recovering.successes} of ${recovering.needed} probes in a row`;
  return `comes and goes, down ${counted(spells.length, 'time', 'times')} so far${now}`;
}

function affected({ incident, affectedNow }: IncidentReport): string {
  const { affectedMailboxes, peakAffected, closed, scope, subject, advisory } = incident;
  const isOver = closed !== undefined;
  const names = affectedMailboxes
    .filter(({ until }) => isOver || until === undefined)
    .map(({ id }) => id)
    .slice(0, MOST_NAMES);
  const count = isOver ? Math.max(peakAffected, names.length) : affectedNow;
  if (count === 0) return advisory && !isOver ? `${scope} ${subject}; nobody is down` : `${scope} ${subject}`;
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
    'network-admin': 'the network administrator',
    operator: 'the operator of mailprobe',
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

function footer({ incident }: IncidentReport, { externalUrl = '' }: Surroundings): string {
  if (incident.closed !== undefined) return 'Nothing more is sent about this incident unless it comes back.';
  const url = `${externalUrl}/api/v1/incidents/${incident.id}/acknowledgement`;
  return `A reminder follows each day until it is over or acknowledged. To acknowledge it: curl -H 'content-type: application/json' -d '{"by":"you","note":"why"}' ${url}`;
}
