/**
 * Renders the message about one incident: the fault, the affected mailboxes, the confidence of the diagnosis, the time,
 * the fix, and how to silence the incident. Pure.
 */
import { durationText } from '../model/duration-text.ts';
import type { Diagnosis, FixStep, Owner } from '../model/diagnosis.ts';
import type { Incident } from '../model/incident.ts';
import { headline } from './incident-headline.ts';
import { type IncidentReport, withoutDoubt } from './incident-report.ts';
import { type Fact, headlineOf, type Message, type Section, type Surroundings } from './message.ts';
import { counted, dayAndTime } from './moment.ts';

const MOST_NAMES = 5;
const MOST_LOOK_ALIKES = 3;

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
    headline: headlineOf(headline(report, around.timezone), around),
    facts: facts(report, around),
    sections: isOver ? [] : sections(incident.diagnosis),
    ...link,
    footer: footer(report, around),
    thread: incident.id,
    simulated: around.simulated,
    incident,
  };
}

function facts(report: IncidentReport, { timezone }: Surroundings): readonly Fact[] {
  const { incident } = report;
  const { closed, formerCauses, diagnosis, advisory } = incident;
  const isOver = closed !== undefined;
  const affectedName = advisory ? 'Concerns' : isOver ? 'Was affected' : 'Affected';
  return [
    { name: affectedName, value: affected(report) },
    ...times(report, timezone),
    ...fact('Pattern', pattern(incident)),
    { name: 'Cause', value: causeText(incident) },
    ...fact('Reported before as', formerCauses.length === 0 ? undefined : formerCauses.join(', ')),
    ...fact('Who can fix it', isOver ? undefined : ownerText(incident.owner)),
    ...fact('A fix takes effect', isOver ? undefined : diagnosis.takesEffect),
  ];
}

function fact(name: string, value: string | undefined): readonly Fact[] {
  return value === undefined ? [] : [{ name, value }];
}

function times({ incident, kind, at }: IncidentReport, timezone: string): readonly Fact[] {
  const { opened, closed, spells, advisory } = incident;
  const began = dayAndTime(opened, timezone);
  if (closed !== undefined) {
    const until = `${dayAndTime(closed, timezone)} (${durationText(closed - opened)})`;
    return [...fact('From', began), ...fact('Until', until)];
  }
  if (advisory) return fact('Found', `${began} (${durationText(at - opened)} ago)`);
  const latest = spells.at(-1);
  if (spells.length > 1 && latest !== undefined)
    return [...fact('First seen', began), ...fact('Down again since', dayAndTime(latest, timezone))];
  return fact('Since', kind === 'opened' ? began : `${began} (${durationText(at - opened)})`);
}

function pattern({ state, spells, recovering, closed }: Incident): string | undefined {
  if (state !== 'intermittent' && spells.length < 2) return undefined;
  const times = counted(spells.length, 'time', 'times');
  if (closed !== undefined) return `intermittent, down ${times}`;
  const now =
    recovering === undefined
      ? ''
      : `; recovering, ${recovering.successes} of ${recovering.needed} probes in a row`;
  return `intermittent, down ${times} so far${now}`;
}

function affected({ incident, affectedNow }: IncidentReport): string {
  const { affectedMailboxes, peakAffected, closed, scope, subject, advisory } = incident;
  const isOver = closed !== undefined;
  const names = affectedMailboxes
    .filter(({ until }) => isOver || until === undefined)
    .map(({ id }) => id)
    .slice(0, MOST_NAMES);
  const count = isOver ? Math.max(peakAffected, names.length) : affectedNow;
  if (count === 0)
    return advisory && !isOver
      ? `${scope} ${subject}; no mailbox is down because of it`
      : `${scope} ${subject}`;
  const more = count > names.length ? `${names.length > 0 ? ' and ' : ''}${count - names.length} more` : '';
  return `${counted(count, 'mailbox', 'mailboxes')}: ${names.join(', ')}${more}`;
}

/** Returns the whole title, because the headline may have cut it, with the cause and the confidence. */
function causeText({ title, cause, confidence, closed, diagnosis: { lookAlikes } }: Incident): string {
  const isAsked = confidence !== 'certain' && lookAlikes.length > 0 && closed === undefined;
  return `${withoutDoubt(title)} (${cause}, ${confidence}${isAsked ? '; for the test that decides, see below' : ''})`;
}

export function ownerText(owner: Owner): string {
  return {
    'entra-admin': 'an administrator of Entra ID',
    'exchange-admin': 'an administrator of Exchange Online',
    'network-admin': 'the network administrator',
    operator: 'the operator of mailprobe',
    microsoft: 'Microsoft; wait, or open a ticket',
  }[owner];
}

function sections({ fix, lookAlikes }: Diagnosis): readonly Section[] {
  const [first] = fix;
  return [
    ...(first === undefined
      ? []
      : [{ heading: 'First step', steps: [first, ...rest(fix.length - 1, 'further step')] }]),
    ...(lookAlikes.length === 0
      ? []
      : [
          {
            heading: 'Other possible causes, each with the test that decides',
            steps: [
              ...lookAlikes
                .slice(0, MOST_LOOK_ALIKES)
                .map(({ cause, test }) => ({ text: `${cause}: ${test}` })),
              ...rest(lookAlikes.length - MOST_LOOK_ALIKES, 'further possibility', 'further possibilities'),
            ],
          },
        ]),
  ];
}

/**
 * Says how many steps or look-alikes the message leaves out. The page of the incident shows them. Returns no step if
 * none is left out.
 */
function rest(count: number, one: string, many = `${one}s`): readonly FixStep[] {
  return count < 1 ? [] : [{ text: `${counted(count, one, many)} in mailprobe.` }];
}

function footer({ incident }: IncidentReport, { externalUrl }: Surroundings): string {
  if (incident.closed !== undefined)
    return 'No more messages follow about this incident unless it comes back.';
  const until =
    'A reminder follows each day until the incident is over or acknowledged. To acknowledge it, open it';
  if (externalUrl === undefined) return `${until} in mailprobe.`;
  const url = `${externalUrl}/api/v1/incidents/${incident.id}/acknowledgement`;
  return `${until} in mailprobe, or send: curl -H 'authorization: Bearer TOKEN' -H 'content-type: application/json' -d '{"by":"you","note":"why"}' ${url}`;
}
