/**
 * The table of mailboxes: the state over each protocol, since when, and what is wrong. For a healthy mailbox, it shows
 * the number of messages.
 */
import { windowOver } from '../../model/maintenance.ts';
import type { MaintenanceWindow } from '../../model/memory.ts';
import { stageOf } from '../../model/evidence.ts';
import { factsOf } from '../../model/protocol.ts';
import type { TargetStatus } from '../../model/status.ts';
import { mailboxPath } from '../page-path.ts';
import { reasonOf, targetHealth } from '../health.ts';
import type { MailboxStatus } from '../select.ts';
import type { Html, HtmlTag } from './html.ts';
import { countText, numberText } from './labels.ts';
import { secondsText } from './stage-list.ts';
import type { Group, ListedMailbox } from './mailbox-list.ts';
import { age } from './moment.ts';
import { stackRow, stackTable } from './stack-table.ts';
import { appLink, mailboxLink } from './verdict.ts';

const STATES = {
  up: { sign: '✓', word: 'up' },
  down: { sign: '✗', word: 'down' },
  unknown: { sign: '?', word: 'unknown' },
  failing: { sign: '!', word: 'failing' },
} as const;

/** `inForce` holds the maintenance windows that are in effect now. */
export function mailboxTable(
  html: HtmlTag,
  rows: readonly ListedMailbox[],
  inForce: readonly MaintenanceWindow[],
  now: number,
): Html {
  const shown = rows.map(
    ({ status, group }) =>
      html`${group === undefined ? undefined : groupRow(html, group)}${row(html, status, inForce, now)}`,
  );
  return stackTable(html, 'Mailboxes', ['Mailbox', 'State', 'Last result'], shown);
}

function groupRow(html: HtmlTag, { name, counts: { down, unknown, up } }: Group): Html {
  const all = down + unknown + up;
  const parts = [
    ...(down > 0 ? [`${numberText(down)} down`] : []),
    ...(unknown > 0 ? [`${numberText(unknown)} unknown`] : []),
  ];
  return html`<tr role="row" class="group"><th colspan="3" scope="colgroup" role="columnheader">${name === '' ? 'without the label' : name} <small>${countText(all, 'mailbox', 'mailboxes')}${parts.length === 0 ? ', all up' : `: ${parts.join(', ')}`}</small></th></tr>
`;
}

function row(
  html: HtmlTag,
  { mailbox, targets }: MailboxStatus,
  inForce: readonly MaintenanceWindow[],
  now: number,
): Html {
  const labels = Object.entries(mailbox.labels).map(([name, value]) => `${name}=${value}`);
  const names = [...(mailbox.address === mailbox.id ? [] : [mailbox.address]), ...labels].join(' · ');
  return stackRow(
    html,
    mailboxPath(mailbox.id),
    html`${mailboxLink(html, mailbox.id)}<small>${names}</small><small>app ${appLink(html, mailbox.app)}</small>`,
    [
      html`<div class="nowrap">${targets.map((status) => stateLine(html, status, now))}${windowOver(mailbox, inForce) === undefined ? undefined : html`<div class="line"><span class="pill info">in maintenance</span></div>`}</div>`,
      html`${findings(html, targets, now)}`,
    ],
  );
}

export function stateLine(html: HtmlTag, status: TargetStatus, now: number): Html {
  const { target, confirmed, confirmedSince, lastProbe, failingSince } = status;
  const state = confirmed !== 'down' && lastProbe?.success === false ? 'failing' : confirmed;
  const since = state === 'failing' ? failingSince : confirmedSince;
  const { sign, word } = STATES[state];
  return html`<div class="line"><span class="pill ${state}">${sign} ${factsOf(target.protocol).name} ${word}</span>${
    since === undefined ? undefined : html` <small>${age(html, since, now)}</small>`
  }</div>`;
}

/** Shows what is wrong, each text once. For a healthy mailbox, shows the number of messages. */
function findings(html: HtmlTag, targets: readonly TargetStatus[], now: number): readonly Html[] {
  const texts = new Set(
    targets.filter((status) => targetHealth(status) !== 'pass').map((status) => reasonOf(status, now)),
  );
  if (texts.size > 0) return [...texts].map((text) => html`<p>${text}</p>`);
  const counted = targets.flatMap(({ target, lastProbe }) => {
    const messages = lastProbe && stageOf(lastProbe.evidence, 'open')?.facts.messages;
    if (lastProbe === undefined || messages === undefined) return [];
    return `${factsOf(target.protocol).name}: ${countText(messages, 'message', 'messages')}, ${secondsText(lastProbe.evidence.seconds)}`;
  });
  return counted.map((text) => html`<p class="meta">${text}</p>`);
}
