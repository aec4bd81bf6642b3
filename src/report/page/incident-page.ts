/** The page of one incident: what is or was wrong, when, who was notified, and what to do. Notifications link to it. */
import type { StoredIncident } from '../../model/past.ts';
import type { HealthStatus } from '../health.ts';
import { problemPath } from '../page-path.ts';
import { acknowledgeForm, actSection } from './act-forms.ts';
import type { Html, HtmlTag } from './html.ts';
import { lasted, STATE_LABELS } from './incident-table.ts';
import { incidentText } from './incident-text.ts';
import { incidentEvents } from './incident-timeline.ts';
import { countText } from './labels.ts';
import { moment } from './moment.ts';
import { pageDocument } from './page-document.ts';
import { commandBlock, mailboxLink, verdictCard } from './verdict.ts';

const MOST_MAILBOXES = 100;

export interface IncidentPage {
  readonly incident: StoredIncident;
  readonly mayAct: boolean;
  readonly banner: string | undefined;
  readonly now: number;
}

export function incidentPage(html: HtmlTag, { incident, mayAct, banner, now }: IncidentPage): string {
  const { id, title, severity, state, confidence, owner, problem, diagnosis, acknowledgement } = incident;
  return pageDocument(html, {
    title,
    status: statusOf([incident]),
    banner,
    live: true,
    header: html`<h1>${title}</h1>
<p class="meta">${STATE_LABELS[state]}, ${lasted(html, incident, now)}, since ${moment(html, incident.opened)}. ${facts(html, incident)}</p>`,
    main: html`<h2>What it means</h2>
${verdictCard(html, { ...diagnosis, title, severity, confidence, owner })}
${state === 'closed' ? undefined : actSection(html, mayAct, [acknowledgeForm(html, id, acknowledgement)])}
<section aria-labelledby="timeline"><h2 id="timeline">Timeline</h2>
<ol>
${incidentEvents(incident).map(({ at, text, link }) => html`<li>${moment(html, at)}: ${link === undefined ? text : html`<a href="${link}">${text}</a>`}</li>\n`)}</ol></section>
${affectedMailboxes(html, incident)}
<section aria-labelledby="ticket"><h2 id="ticket">For a ticket</h2>
<details class="card plain"><summary>The incident as text</summary>${commandBlock(html, incidentText(incident, now))}</details></section>`,
    footer: html`<p><a href="/incidents">All incidents</a> <a href="${problemPath(problem)}">The current state of this problem</a> For programs: <a href="/api/v1/incidents/${id}">this incident</a></p>`,
  });
}

export function statusOf(incidents: readonly StoredIncident[]): HealthStatus {
  const open = incidents.filter(({ state }) => state !== 'closed');
  if (open.some(({ advisory }) => !advisory)) return 'fail';
  return open.length > 0 ? 'warn' : 'pass';
}

function facts(html: HtmlTag, { recovering, maintenance, formerCauses }: StoredIncident): Html {
  return html`${
    recovering === undefined
      ? undefined
      : `Recovering: ${recovering.successes} of ${recovering.needed} successes in a row. `
  }${maintenance === undefined ? undefined : html`In maintenance: ${maintenance}. `}${
    formerCauses.length === 0 ? undefined : html`Reported before as ${formerCauses.join(', ')}.`
  }`;
}

/** Lists mailboxes with the same times in one row. */
function affectedMailboxes(html: HtmlTag, { id: incident, affectedMailboxes: all }: StoredIncident): Html {
  const more = all.length - MOST_MAILBOXES;
  const alike = Map.groupBy(all.slice(0, MOST_MAILBOXES), ({ since, until }) => `${since} ${until}`);
  const rows = Array.from(alike.values(), (mailboxes) => {
    const { since = 0, until } = mailboxes[0] ?? {};
    const links = mailboxes.map(({ id }, at) => html`${at === 0 ? '' : ', '}${mailboxLink(html, id)}`);
    return html`<li>since ${moment(html, since)}${until === undefined ? undefined : html` until ${moment(html, until)}`}: ${links}</li>\n`;
  });
  return html`<section aria-labelledby="affected"><h2 id="affected">${countText(all.length, 'affected mailbox', 'affected mailboxes')}</h2>
<ul>
${rows}</ul>${more > 0 ? html`<p class="meta">${more.toLocaleString('en')} more: <a href="/api/v1/incidents/${incident}">all of them</a></p>` : undefined}</section>`;
}
