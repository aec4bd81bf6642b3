/**
 * Messages that are not about a single incident: the digest of advisories, the summary of a storm, and the test
 * message. Pure.
 */
import { durationText } from '../model/duration-text.ts';
import { SEVERITIES, type Owner, type Severity } from '../model/diagnosis.ts';
import type { Incident } from '../model/incident.ts';
import { ownerText } from './incident-message.ts';
import { withoutStop } from './incident-report.ts';
import { headlineOf, type Message, type Surroundings } from './message.ts';
import { counted, dayAndTime } from './moment.ts';
import type { Crowd, SummaryLine } from './outbox-body.ts';

const MOST_LINES = 30;

interface Envelope {
  readonly id: string;
  readonly at: number;
}

/** Lists the advisories, the severest first, each with the first step of its fix. */
export function digestMessage(
  {
    id,
    at,
    owner,
    advisories,
  }: Envelope & { readonly owner: Owner; readonly advisories: readonly Incident[] },
  around: Surroundings,
): Message {
  const inOrder = [...advisories].sort(
    (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || a.opened - b.opened,
  );
  const [first] = inOrder;
  const others = inOrder.length - 1;
  const text = `Not urgent: ${withoutStop(first?.title ?? '')}${others > 0 ? ` and ${counted(others, 'other', 'others')}` : ''}`;
  return {
    id,
    event: 'digest',
    at,
    tone: 'information',
    severity: first?.severity ?? 'info',
    headline: headlineOf(text, around),
    facts: [
      { name: 'Who can fix it', value: ownerText(owner) },
      { name: 'As of', value: dayAndTime(at, around.timezone) },
    ],
    sections: inOrder.slice(0, MOST_LINES).map((incident) => ({
      heading: withoutStop(incident.title),
      steps: [
        {
          text: `${incident.severity}, found ${durationText(at - incident.opened)} ago (${incident.cause}).`,
        },
        ...incident.diagnosis.fix.slice(0, 1),
      ],
    })),
    ...linkTo('/incidents', around),
    footer:
      'Sent when something is new, and each Monday while something is open. Urgent incidents are reported at once.',
    thread: `digest-${owner}`,
    simulated: around.simulated,
  };
}

const SUMMARY: Readonly<Record<Crowd, { readonly phrase: string; readonly heading: string }>> = {
  opened: { phrase: 'opened at once', heading: 'Opened' },
  closed: { phrase: 'resolved at once', heading: 'Resolved' },
  reminder: { phrase: 'still open', heading: 'Still open' },
};

export interface SummaryReport extends Envelope {
  readonly of: Crowd;
  readonly count: number;
  readonly from: number;
  readonly lines: readonly SummaryLine[];
}

export function summaryMessage(report: SummaryReport, around: Surroundings): Message {
  const { id, at, of, count, from, lines } = report;
  const isOver = of === 'closed';
  const causes = Map.groupBy(lines, ({ cause }) => cause);
  const first = [...causes]
    .map(([cause, its]) => `${its.length} ${cause}`)
    .slice(0, 3)
    .join(', ');
  return {
    id,
    event: 'summary',
    at,
    tone: isOver ? 'resolved' : 'problem',
    severity: isOver ? 'info' : 'critical',
    headline: headlineOf(`${count} incidents ${SUMMARY[of].phrase}: ${first}`, around),
    facts: [
      { name: 'Since', value: dayAndTime(from, around.timezone) },
      { name: 'Incidents', value: String(count) },
    ],
    sections: [
      {
        heading: SUMMARY[of].heading,
        steps: [
          ...lines.slice(0, MOST_LINES).map(({ headline }) => ({ text: headline })),
          ...(count > MOST_LINES ? [{ text: `and ${count - MOST_LINES} more` }] : []),
        ],
      },
    ],
    ...linkTo('/incidents', around),
    footer: 'One message in place of many. mailprobe lists all of them; acknowledge them there.',
    thread: `summary-${id}`,
    simulated: around.simulated,
  };
}

export function testMessage({ id, at }: Envelope, channel: string, around: Surroundings): Message {
  const severity: Severity = 'info';
  return {
    id,
    event: 'test',
    at,
    tone: 'information',
    severity,
    headline: headlineOf(`Test: mailprobe reaches the channel ${channel}`, around),
    facts: [{ name: 'Sent', value: dayAndTime(at, around.timezone) }],
    sections: [
      { heading: 'Nothing is wrong', steps: [{ text: 'This message was sent by "mailprobe notify test".' }] },
    ],
    ...linkTo('/', around),
    footer: 'Incidents of the mailboxes of this channel arrive here in this form.',
    thread: `test-${id}`,
    simulated: around.simulated,
  };
}

function linkTo(path: string, { externalUrl }: Surroundings): Pick<Message, 'link'> {
  return externalUrl === undefined ? {} : { link: `${externalUrl}${path}` };
}
