/** The list of what is wrong now. Each item is one line, and its details show the first step of the fix. */
import type { HtmlTag, Html } from './html.ts';
import { countText, OWNER_LABELS, SEVERITY_LABELS } from './labels.ts';
import { age } from './moment.ts';
import type { OpenItem, OpenItems } from './open-items.ts';
import { affectedText, diagnosisFacts, fixStep } from './verdict.ts';

/** The most items with details. The page `/incidents` lists the others. */
const MOST_ITEMS = 25;

export function failureSection(html: HtmlTag, { failures }: OpenItems, now: number): Html {
  return html`<section aria-labelledby="open"><h2 id="open">${failures.length === 0 ? 'Nothing is down' : countText(failures.length, 'open incident', 'open incidents')}</h2>
${failures.length === 0 ? html`<p class="calm">✓ No mailbox is known to be down.</p>` : list(html, failures, now)}</section>`;
}

export function advisorySection(html: HtmlTag, { advisories }: OpenItems, now: number): Html | undefined {
  if (advisories.length === 0) return undefined;
  return html`<section aria-labelledby="advisories"><h2 id="advisories">${countText(advisories.length, 'advisory', 'advisories')}</h2>
${list(html, advisories, now)}</section>`;
}

function list(html: HtmlTag, items: readonly OpenItem[], now: number): Html {
  const more = items.length - MOST_ITEMS;
  return html`<ul class="items">
${items.slice(0, MOST_ITEMS).map((item) => line(html, item, now))}</ul>${
    more > 0
      ? html`<p class="meta">${more} more: see <a href="/incidents?state=open">all open incidents</a>.</p>`
      : undefined
  }`;
}

function line(html: HtmlTag, item: OpenItem, now: number): Html {
  const { severity, title, affected, diagnosis, since, acknowledgement } = item;
  const marks = [
    ...(item.isIntermittent ? ['intermittent'] : []),
    ...(item.maintenance === undefined ? [] : ['in maintenance']),
    ...(acknowledgement === undefined ? [] : [`✓ acknowledged by ${acknowledgement.by}`]),
  ];
  const [first] = diagnosis.fix;
  return html`<li><details class="item ${severity}" id="${item.href}"><summary><span class="pill ${severity}">${SEVERITY_LABELS[severity]}</span> <strong>${title}</strong>
<span class="facts"><span>${affected.length === 0 ? 'no mailbox yet' : countText(affected.length, 'mailbox', 'mailboxes')}</span> <span>${OWNER_LABELS[diagnosis.owner]}</span> <span>${age(html, since, now)}</span>${marks.map((mark) => html` <span class="mark">${mark}</span>`)}</span></summary>
<div class="inside">${diagnosisFacts(html, diagnosis)}
<p>${affectedText(html, affected)}</p>
${first === undefined ? undefined : html`<h3>First step</h3><ol>${fixStep(html, first)}</ol>`}
<p><a href="${item.href}">All steps, evidence and timeline</a></p></div></details></li>
`;
}
