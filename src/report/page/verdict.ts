/** A diagnosis on a page: who can fix it, how certain it is, the fix with copy buttons, evidence and look-alikes. */
import type { Diagnosis, FixStep } from '../../model/diagnosis.ts';
import { appPath, mailboxPath } from '../page-path.ts';
import type { Html, HtmlTag } from './html.ts';
import { CONFIDENCE_LABELS, countText, OWNER_LABELS, SCOPE_LABELS, SEVERITY_LABELS } from './labels.ts';

const MOST_MAILBOXES = 12;

export function diagnosisFacts(html: HtmlTag, diagnosis: Diagnosis): Html {
  const { owner, confidence, scope, subject, cause } = diagnosis;
  const where = scope === 'prober' ? SCOPE_LABELS.prober : `${SCOPE_LABELS[scope]} ${subject}`;
  return html`<dl>
<div><dt>Who can fix it</dt><dd><strong>${OWNER_LABELS[owner]}</strong></dd></div>
<div><dt>How sure</dt><dd>${CONFIDENCE_LABELS[confidence]}</dd></div>
<div><dt>Where</dt><dd>${where}</dd></div>
<div><dt>Cause</dt><dd>${causeLink(html, cause)}</dd></div>
</dl>`;
}

export function verdictCard(html: HtmlTag, diagnosis: Diagnosis): Html {
  const { severity, title } = diagnosis;
  return html`<article class="card ${severity}"><p><span class="pill ${severity}">${SEVERITY_LABELS[severity]}</span> <strong>${title}</strong></p>
${diagnosisFacts(html, diagnosis)}
${remedy(html, diagnosis)}</article>
`;
}

/** The likeliest diagnoses are shown in full. Others that fit the same evidence follow, collapsed. */
export function verdictCards(html: HtmlTag, diagnoses: readonly Diagnosis[]): Html {
  const own = diagnoses.filter(({ alternativeTo }) => alternativeTo === undefined);
  const others = diagnoses.filter(({ alternativeTo }) => alternativeTo !== undefined);
  return html`${own.map((diagnosis) => verdictCard(html, diagnosis))}
${others.map((diagnosis) => html`<details class="item ${diagnosis.severity}"><summary>Or: ${diagnosis.title}</summary><div class="inside">${diagnosisFacts(html, diagnosis)}${remedy(html, diagnosis)}</div></details>`)}`;
}

export function remedy(html: HtmlTag, diagnosis: Diagnosis): Html {
  const { fix, takesEffect, evidence, lookAlikes, references } = diagnosis;
  return html`${fix.length > 0 ? html`<h3>What to do</h3><ol class="steps">${fix.map((step) => fixStep(html, step))}</ol>` : undefined}
${takesEffect === undefined ? undefined : html`<p class="meta">Takes effect: ${takesEffect}</p>`}
${list(html, 'Evidence', evidence)}
${list(
  html,
  'Could also be',
  lookAlikes.map(({ cause, test }) => html`${causeLink(html, cause)}: ${test}`),
)}
${list(
  html,
  'Read more',
  references.map((reference) => link(html, reference)),
)}`;
}

export function affectedText(html: HtmlTag, ids: readonly string[]): Html {
  if (ids.length === 0) return html`Affects no mailbox yet.`;
  const shown = ids.slice(0, MOST_MAILBOXES);
  const links = shown.map((id, at) => html`${at === 0 ? '' : ', '}${mailboxLink(html, id)}`);
  const more = ids.length - shown.length;
  return html`Affects ${countText(ids.length, 'mailbox', 'mailboxes')}: ${links}${more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}.`;
}

export function mailboxLink(html: HtmlTag, id: string): Html {
  return html`<a href="${mailboxPath(id)}">${id}</a>`;
}

export function appLink(html: HtmlTag, id: string): Html {
  return html`<a href="${appPath(id)}">${id}</a>`;
}

export function causeLink(html: HtmlTag, cause: string): Html {
  return html`<a href="/docs/diagnoses#${cause}"><code>${cause}</code></a>`;
}

export function fixStep(html: HtmlTag, { text, command }: FixStep): Html {
  return html`<li>${text}${command === undefined ? undefined : commandBlock(html, command)}</li>`;
}

/** Shows a text with a button that copies it. Without the script, the button is hidden. */
export function commandBlock(html: HtmlTag, text: string): Html {
  return html`<div class="command"><pre tabindex="0"><code>${text}</code></pre><button class="copy" type="button">Copy</button></div>`;
}

function list(html: HtmlTag, heading: string, items: readonly (string | Html)[]): Html | undefined {
  if (items.length === 0) return undefined;
  return html`<h3>${heading}</h3><ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

/** Shows a link if the reference is an https address, else its text. */
function link(html: HtmlTag, reference: string): Html {
  return /^https:\/\/[^\s"'<>]+$/.test(reference)
    ? html`<a href="${reference}">${reference}</a>`
    : html`${reference}`;
}
