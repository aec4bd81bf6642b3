/** Incidents as a table, the newest first. */
import { durationText } from '../../model/duration-text.ts';
import type { IncidentState } from '../../model/incident.ts';
import type { StoredIncident } from '../../model/past.ts';
import type { Html, HtmlTag } from './html.ts';
import { countText, OWNER_LABELS } from './labels.ts';
import { age, moment } from './moment.ts';
import { stackRow, stackTable } from './stack-table.ts';

export const STATE_LABELS: Readonly<Record<IncidentState, string>> = {
  open: 'Open',
  intermittent: 'Open, intermittent',
  closed: 'Closed',
};

export function incidentTable(html: HtmlTag, incidents: readonly StoredIncident[], now: number): Html {
  if (incidents.length === 0) return html`<p>No incidents.</p>`;
  const heads = ['What', 'State', 'Affected', 'Opened', 'Lasted', 'Who can fix it'];
  return stackTable(
    html,
    'Incidents',
    heads,
    incidents.map((incident) => row(html, incident, now)),
  );
}

function row(html: HtmlTag, incident: StoredIncident, now: number): Html {
  const { id, state, severity, title, peakAffected, opened, owner, acknowledgement, advisory } = incident;
  const isAcknowledged = acknowledgement !== undefined && state !== 'closed';
  return stackRow(html, `row-${id}`, html`<a href="/incidents/${id}">${title}</a>`, [
    html`<span class="pill ${state === 'closed' ? 'unknown' : severity}">${STATE_LABELS[state]}</span>${advisory ? html` <small>advisory</small>` : undefined}${isAcknowledged ? html` <small>acknowledged</small>` : undefined}`,
    html`<span class="nowrap">${countText(peakAffected, 'mailbox', 'mailboxes')}</span>`,
    moment(html, opened),
    html`<span class="nowrap">${lasted(html, incident, now)}</span>`,
    html`${OWNER_LABELS[owner]}`,
  ]);
}

export function lasted(html: HtmlTag, { opened, closed }: StoredIncident, now: number): Html {
  return closed === undefined ? html`for ${age(html, opened, now)}` : html`${durationText(closed - opened)}`;
}

export function storeAway(html: HtmlTag): Html {
  return html`<p class="meta">The store is unavailable. Only the current state is shown, without the past.</p>`;
}
