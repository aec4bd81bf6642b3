/**
 * The pages `/incidents` and `/incidents/ID`: what was wrong, from when until when, who was told and what to do. Messages
 * link here. Plain HTML without script.
 */
import type { IncidentState } from '../../model/incident.ts';
import type { Page, StoredIncident } from '../../model/past.ts';
import type { Redactor } from '../../model/redactor.ts';
import type { HealthStatus } from '../health.ts';
import { createHtmlTag, type Html, type HtmlTag } from './html.ts';
import { CONFIDENCE_LABELS, countText, OWNER_LABELS, SEVERITY_LABELS } from './labels.ts';
import { durationText } from './browser/duration-text.js';
import { moment } from './moment.ts';
import { pageDocument } from './page-document.ts';
import { mailboxLink, remedy } from './verdict.ts';

const MOST_MAILBOXES = 100;

const STATE_LABELS: Readonly<Record<IncidentState, string>> = {
  open: 'Open',
  intermittent: 'Open, comes and goes',
  closed: 'Closed',
};

export interface IncidentPageContext {
  readonly redactor: Redactor;
  readonly banner: string | undefined;
  readonly now: number;
}

export function incidentListPage(
  { items, next }: Page<StoredIncident>,
  nextPath: string | undefined,
  { redactor, banner, now }: IncidentPageContext,
): string {
  const html = createHtmlTag(redactor);
  const rows = items.map(
    (incident) => html`<tr>
<td><span class="pill ${incident.severity}">${STATE_LABELS[incident.state]}</span></td>
<td><a href="/incidents/${incident.id}">${incident.title}</a></td>
<td class="nowrap">${countText(incident.peakAffected, 'mailbox', 'mailboxes')}</td>
<td>${moment(html, incident.opened)}</td>
<td class="nowrap">${lastedText(incident, now)}</td>
<td>${OWNER_LABELS[incident.owner]}</td>
</tr>
`,
  );
  const table = html`<div class="scroll" role="region" aria-label="Incidents" tabindex="0"><table>
<thead><tr><th scope="col">State</th><th scope="col">What</th><th scope="col">Affected</th><th scope="col">Opened</th><th scope="col">Lasted</th><th scope="col">Who can fix it</th></tr></thead>
<tbody>
${rows}</tbody>
</table></div>`;
  return pageDocument(html, {
    title: 'Incidents',
    status: statusOf(items),
    banner,
    header: html`<h1>Incidents</h1>
<p class="meta">The newest first. <a href="/incidents?state=open">Open ones only</a> · <a href="/">What is known now</a></p>`,
    main: html`${items.length === 0 ? html`<p class="calm">✓ No incidents.</p>` : table}
${next === undefined || nextPath === undefined ? undefined : html`<p><a rel="next" href="${nextPath}">Older incidents</a></p>`}`,
    footer: html`<p><a href="/api/v1/incidents">Incidents as JSON</a></p>`,
  });
}

export function incidentPage(
  incident: StoredIncident,
  { redactor, banner, now }: IncidentPageContext,
): string {
  const html = createHtmlTag(redactor);
  const { id, title, severity, state, owner, confidence, cause, diagnosis } = incident;
  return pageDocument(html, {
    title,
    status: statusOf([incident]),
    banner,
    header: html`<h1>${title}</h1>
<p class="meta">${STATE_LABELS[state]}, ${lastedText(incident, now)}. As of ${moment(html, now)}.</p>`,
    main: html`<article class="problem ${severity}">
<span class="pill ${severity}">${SEVERITY_LABELS[severity]}</span>
<dl>
<dt>Who can fix it</dt><dd><strong>${OWNER_LABELS[owner]}</strong></dd>
<dt>How sure</dt><dd>${CONFIDENCE_LABELS[confidence]}</dd>
<dt>Cause</dt><dd><code>${cause}</code>${formerCauses(html, incident)}</dd>
${facts(html, incident)}
</dl>
${remedy(html, diagnosis)}
</article>
${timeline(html, incident)}
${affectedMailboxes(html, incident)}`,
    footer: html`<p><a href="/incidents">All incidents</a><a href="/">What is known now</a><a href="/api/v1/incidents/${id}">This incident as JSON</a></p>`,
  });
}

function statusOf(incidents: readonly StoredIncident[]): HealthStatus {
  const open = incidents.filter(({ state }) => state !== 'closed');
  if (open.some(({ advisory }) => !advisory)) return 'fail';
  return open.length > 0 ? 'warn' : 'pass';
}

function lastedText({ opened, closed }: StoredIncident, now: number): string {
  return closed === undefined ? `for ${durationText(now - opened)}` : durationText(closed - opened);
}

function formerCauses(html: HtmlTag, incident: StoredIncident): Html | undefined {
  const causes = incident.formerCauses.map((cause) => html` <code>${cause}</code>`);
  return causes.length === 0 ? undefined : html`, before that${causes}`;
}

function facts(html: HtmlTag, { recovering, acknowledgement, maintenance }: StoredIncident): Html {
  return html`${
    recovering === undefined
      ? undefined
      : html`<dt>Recovering</dt><dd>${recovering.successes} of ${recovering.needed} successes in a row</dd>`
  }${
    acknowledgement === undefined
      ? undefined
      : html`<dt>Acknowledged</dt><dd>${acknowledgement.by}: ${acknowledgement.note}</dd>`
  }${maintenance === undefined ? undefined : html`<dt>Maintenance</dt><dd>${maintenance}</dd>`}`;
}

/** First failure, returns, acknowledgement, messages, close: in the order in which they happened. */
function timeline(html: HtmlTag, incident: StoredIncident): Html {
  const { spells, acknowledgement, deliveries, closed, closeReason, supersededBy } = incident;
  const events = [
    ...spells.map((at, index) => ({ at, text: html`${index === 0 ? 'First failure' : 'Came back'}` })),
    ...(acknowledgement === undefined
      ? []
      : [{ at: acknowledgement.at, text: html`Acknowledged by ${acknowledgement.by}` }]),
    ...deliveries.map(({ at, channel, message, outcome, detail }) => ({
      at,
      text: html`Message "${message}" over ${channel}: ${outcome}${detail === undefined ? '' : `, ${detail}`}`,
    })),
    ...(closed === undefined
      ? []
      : [
          {
            at: closed,
            text: html`Closed: ${closeReason}${supersededBy === undefined ? undefined : html`, it goes on as <a href="/incidents/${supersededBy}">another incident</a>`}`,
          },
        ]),
  ].toSorted((a, b) => a.at - b.at);
  return html`<section aria-labelledby="timeline"><h2 id="timeline">Timeline</h2>
<ol>
${events.map(({ at, text }) => html`<li>${moment(html, at)} ${text}</li>\n`)}</ol></section>`;
}

function affectedMailboxes(html: HtmlTag, { affectedMailboxes: all }: StoredIncident): Html {
  const more = all.length - MOST_MAILBOXES;
  const rows = all
    .slice(0, MOST_MAILBOXES)
    .map(
      ({ id, since, until }) =>
        html`<li>${mailboxLink(html, id)} since ${moment(html, since)}${until === undefined ? undefined : html` until ${moment(html, until)}`}</li>\n`,
    );
  return html`<section aria-labelledby="affected"><h2 id="affected">${countText(all.length, 'affected mailbox', 'affected mailboxes')}</h2>
<ul>
${rows}</ul>${more > 0 ? html`<p class="meta">${more} more</p>` : undefined}</section>`;
}
