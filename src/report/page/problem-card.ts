/** The card of one open problem on the page: what is wrong, who can fix it, and the steps with their commands. */
import type { Diagnosis, FixStep } from '../../model/diagnosis.ts';
import type { Problem } from '../../model/status.ts';
import type { Html, HtmlTag } from './html.ts';
import {
  CONFIDENCE_LABELS,
  countText,
  durationText,
  OWNER_LABELS,
  SCOPE_LABELS,
  SEVERITY_LABELS,
} from './labels.ts';
import { moment } from './moment.ts';

const MOST_MAILBOXES = 12;

export function problemCard(html: HtmlTag, problem: Problem, now: number): Html {
  const { severity, owner, scope, subject, since, confidence, affectedMailboxes } = problem;
  const where = scope === 'prober' ? SCOPE_LABELS.prober : `${SCOPE_LABELS[scope]} ${subject}`;
  return html`<article class="problem ${severity}">
<span class="pill ${severity}">${SEVERITY_LABELS[severity]}</span>
<h3>${problem.title}</h3>
<dl>
<dt>Who can fix it</dt><dd><strong>${OWNER_LABELS[owner]}</strong></dd>
<dt>How sure</dt><dd>${CONFIDENCE_LABELS[confidence]}</dd>
<dt>Affects</dt><dd>${affected(html, affectedMailboxes)}</dd>
<dt>Since</dt><dd>${moment(html, since)} (${durationText(now - since)})</dd>
<dt>Where</dt><dd>${where}</dd>
<dt>Cause</dt><dd><code>${problem.cause}</code></dd>
</dl>
${remedy(html, problem)}
</article>
`;
}

/** The fix, when it takes effect, and what the verdict rests on. */
export function remedy(html: HtmlTag, diagnosis: Diagnosis): Html {
  return html`${diagnosis.fix.length > 0 ? html`<h4>What to do</h4><ol>${diagnosis.fix.map((step) => fixStep(html, step))}</ol>` : undefined}
${diagnosis.takesEffect === undefined ? undefined : html`<p class="meta">Takes effect: ${diagnosis.takesEffect}</p>`}
<details><summary>Evidence and alternatives</summary>
${list(html, 'Evidence', diagnosis.evidence)}
${list(
  html,
  'Could also be',
  diagnosis.lookAlikes.map(({ cause, test }) => html`<code>${cause}</code>: ${test}`),
)}
${list(
  html,
  'Read more',
  diagnosis.references.map((reference) => link(html, reference)),
)}
</details>`;
}

function affected(html: HtmlTag, ids: readonly string[]): Html {
  if (ids.length === 0) return html`no mailbox yet`;
  const shown = ids.slice(0, MOST_MAILBOXES);
  const links = shown.map((id, at) => html`${at === 0 ? '' : ', '}${mailboxLink(html, id)}`);
  const more = ids.length - shown.length;
  return html`${countText(ids.length, 'mailbox', 'mailboxes')}: ${links}${more > 0 ? ` and ${more} more` : ''}`;
}

export function mailboxLink(html: HtmlTag, id: string): Html {
  return html`<a href="/api/v1/mailboxes/${encodeURIComponent(id)}">${id}</a>`;
}

function fixStep(html: HtmlTag, { text, command }: FixStep): Html {
  return html`<li>${text}${command === undefined ? undefined : html`<pre tabindex="0"><code>${command}</code></pre>`}</li>`;
}

function list(html: HtmlTag, heading: string, items: readonly (string | Html)[]): Html | undefined {
  if (items.length === 0) return undefined;
  return html`<h4>${heading}</h4><ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

/** Links https addresses only. */
function link(html: HtmlTag, reference: string): Html {
  return /^https:\/\/[^\s"'<>]+$/.test(reference)
    ? html`<a href="${reference}">${reference}</a>`
    : html`${reference}`;
}
