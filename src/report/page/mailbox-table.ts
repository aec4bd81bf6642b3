/** The table of mailboxes on the page: state over each protocol, since when, and the verdict or what was counted. */
import { stageOf } from '../../model/evidence.ts';
import { factsOf, PROTOCOL_IDS, type Protocol } from '../../model/protocol.ts';
import type { TargetStatus } from '../../model/status.ts';
import { reasonOf, targetHealth } from '../health.ts';
import type { MailboxStatus } from '../select.ts';
import type { Html, HtmlTag } from './html.ts';
import { mailboxLink } from './problem-card.ts';
import { countText, durationText } from './labels.ts';

const STATES = {
  up: { sign: '✓', word: 'up' },
  down: { sign: '✗', word: 'down' },
  unknown: { sign: '?', word: 'unknown' },
  failing: { sign: '!', word: 'failing, not confirmed' },
} as const;

export function mailboxTable(html: HtmlTag, mailboxes: readonly MailboxStatus[], now: number): Html {
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">Mailbox</th><th scope="col">App</th>${PROTOCOL_IDS.map((protocol) => html`<th scope="col">${factsOf(protocol).name}</th>`)}<th scope="col">What was seen</th></tr></thead>
<tbody>
${mailboxes.map((mailbox) => row(html, mailbox, now))}</tbody>
</table></div>`;
}

function row(html: HtmlTag, { mailbox, targets }: MailboxStatus, now: number): Html {
  const over = (protocol: Protocol) => targets.find(({ target }) => target.protocol === protocol);
  const labels = Object.entries(mailbox.labels).map(([name, value]) => `${name}=${value}`);
  return html`<tr>
<th scope="row">${mailboxLink(html, mailbox.id)}<small>${[mailbox.address, ...labels].join(' · ')}</small></th>
<td>${mailbox.app}</td>
${PROTOCOL_IDS.map((protocol) => html`<td class="state">${stateCell(html, over(protocol), now)}</td>\n`)}<td>${findings(html, targets, now)}</td>
</tr>
`;
}

function stateCell(html: HtmlTag, status: TargetStatus | undefined, now: number): Html {
  if (status === undefined) return html`<small>not watched</small>`;
  const { confirmed, confirmedSince, lastProbe, failingSince } = status;
  const state = confirmed !== 'down' && lastProbe?.success === false ? 'failing' : confirmed;
  const since = state === 'failing' ? failingSince : confirmedSince;
  const { sign, word } = STATES[state];
  return html`<span class="pill ${state}">${sign} ${word}</span><small>${[
    since === undefined ? '' : `for ${durationText(now - since)}`,
    lastProbe === undefined ? '' : `probed ${durationText(now - lastProbe.evidence.startedAt)} ago`,
  ]
    .filter((text) => text !== '')
    .map((text, at) => html`${at === 0 ? '' : html`<br>`}${text}`)}</small>`;
}

/** Shows what is wrong, each text once; for a healthy mailbox, the number of messages. */
function findings(html: HtmlTag, targets: readonly TargetStatus[], now: number): readonly Html[] {
  const texts = new Set(
    targets.filter((status) => targetHealth(status) !== 'pass').map((status) => reasonOf(status, now)),
  );
  if (texts.size > 0) return [...texts].map((text) => html`<p>${text}</p>`);
  const counted = targets.flatMap(({ target, lastProbe }) => {
    const messages = lastProbe && stageOf(lastProbe.evidence, 'open')?.facts.messages;
    if (lastProbe === undefined || messages === undefined) return [];
    const seconds = lastProbe.evidence.seconds.toFixed(1);
    return `${factsOf(target.protocol).name}: ${countText(messages, 'message', 'messages')}, ${seconds} s`;
  });
  return [html`<small>${counted.map((text, at) => html`${at === 0 ? '' : html`<br>`}${text}`)}</small>`];
}
