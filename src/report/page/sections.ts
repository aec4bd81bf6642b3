/** The sections of the page: headline, counts, open problems, mailboxes. Worst first. */
import type { Confirmed, Problem } from '../../model/status.ts';
import { targetHealth } from '../health.ts';
import type { MailboxStatus } from '../select.ts';
import type { Html, HtmlTag } from './html.ts';
import { mailboxTable } from './mailbox-table.ts';
import { problemCard } from './problem-card.ts';
import { countText } from './labels.ts';

/** Filters reach the rest. */
const MOST_ROWS = 200;
const MOST_PROBLEMS = 50;
const SEVERITY_ORDER = { critical: 0, warning: 1, info: 2 } as const;
const HEALTH_ORDER = { fail: 0, warn: 1, pass: 2 } as const;

export type Counts = Readonly<Record<Confirmed, number>>;

export function headlineOf({ up, down, unknown }: Counts, problems: number): string {
  const total = up + down + unknown;
  const of = (count: number) =>
    `${count.toLocaleString('en')} of ${countText(total, 'mailbox', 'mailboxes')} ${count === 1 ? 'is' : 'are'}`;
  if (total === 0) return 'No mailbox is watched';
  if (down > 0) return `${of(down)} down`;
  if (unknown > 0) return `${of(unknown)} not known yet`;
  const all = total === 1 ? 'The mailbox is up' : `All ${total.toLocaleString('en')} mailboxes are up`;
  return problems === 0 ? all : `${all}, with ${countText(problems, 'open problem', 'open problems')}`;
}

export function tiles(html: HtmlTag, { up, down, unknown }: Counts, problems: number): Html {
  const tile = (href: string, count: number, label: string) =>
    html`<li><a href="${href}"><b>${count.toLocaleString('en')}</b><span>${label}</span></a></li>\n`;
  return html`<ul class="tiles">
${tile('/?up=false', down, '✗ down')}${tile('/?up=unknown', unknown, '? unknown')}${tile('/?up=true', up, '✓ up')}${tile('#problems', problems, problems === 1 ? 'open problem' : 'open problems')}</ul>`;
}

export function problemSection(html: HtmlTag, problems: readonly Problem[], now: number): Html {
  if (problems.length === 0) return html`<p class="calm" id="problems">✓ No open problems.</p>`;
  const worstFirst = [...problems].sort(
    (a, b) =>
      SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
      b.affectedMailboxes.length - a.affectedMailboxes.length ||
      b.since - a.since,
  );
  const left = problems.length - MOST_PROBLEMS;
  return html`<section aria-labelledby="problems"><h2 id="problems">Open problems</h2>
${worstFirst.slice(0, MOST_PROBLEMS).map((problem) => problemCard(html, problem, now))}${
  left > 0
    ? html`<p class="meta">${left} more: see <a href="/api/v1/problems">all problems</a>, or narrow with <code>?app=</code>.</p>`
    : undefined
}</section>`;
}

export function mailboxSection(html: HtmlTag, mailboxes: readonly MailboxStatus[], now: number): Html {
  const byRank: readonly MailboxStatus[][] = [[], [], []];
  for (const mailbox of mailboxes) byRank[rankOf(mailbox)]?.push(mailbox);
  const worstFirst = byRank.flat();
  const left = mailboxes.length - MOST_ROWS;
  return html`<section aria-labelledby="mailboxes"><h2 id="mailboxes">Mailboxes</h2>
${mailboxTable(html, worstFirst.slice(0, MOST_ROWS), now)}
${
  left > 0
    ? html`<p class="meta">${countText(left, 'healthier mailbox is', 'healthier mailboxes are')} not shown. Narrow with <code>?app=ID</code>, <code>?mailbox=ID</code>, <code>?up=false</code> or <code>?label.NAME=VALUE</code>.</p>`
    : undefined
}</section>`;
}

function rankOf({ targets }: MailboxStatus): number {
  let rank = 2;
  for (const status of targets) rank = Math.min(rank, HEALTH_ORDER[targetHealth(status)]);
  return rank;
}
