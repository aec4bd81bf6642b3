/** The page `/incidents`: past and open incidents, filtered by state, cause, owner, app and time. */
import { CAUSES } from '../../model/cause.ts';
import { OWNERS } from '../../model/diagnosis.ts';
import type { Page, StoredIncident } from '../../model/past.ts';
import type { App } from '../../model/target.ts';
import type { Html, HtmlTag } from './html.ts';
import { statusOf } from './incident-page.ts';
import { incidentTable } from './incident-table.ts';
import { OWNER_LABELS } from './labels.ts';
import { type Options, optionsOf, select } from './mailbox-filter.ts';
import { pageDocument } from './page-document.ts';

export interface IncidentList {
  readonly page: Page<StoredIncident>;
  readonly next: string | undefined;
  readonly query: ReadonlyMap<string, string>;
  readonly apps: readonly App[];
  readonly banner: string | undefined;
  readonly now: number;
}

const STATES: Options = [
  ['', 'open and closed'],
  ['open', 'open'],
  ['closed', 'closed'],
];

export function incidentListPage(html: HtmlTag, list: IncidentList): string {
  const { page, next, query, banner, now } = list;
  return pageDocument(html, {
    title: 'Incidents',
    status: statusOf(page.items),
    banner,
    here: '/incidents',
    live: !query.has('cursor'),
    header: html`<h1>Incidents</h1>
<p class="meta">The newest first.</p>`,
    main: html`${filterForm(html, list)}
${incidentTable(html, page.items, now)}
${next === undefined ? undefined : html`<p class="pages"><a rel="next" href="${next}">Older incidents</a></p>`}`,
    footer: html`<p>For programs: <a href="/api/v1/incidents">incidents</a></p>`,
  });
}

function filterForm(html: HtmlTag, { query, apps }: IncidentList): Html {
  const given = (name: string): string => query.get(name) ?? '';
  const causes: Options = [['', 'all causes'], ...CAUSES.toSorted().map((cause) => [cause, cause] as const)];
  const owners: Options = [['', 'anyone'], ...OWNERS.map((owner) => [owner, OWNER_LABELS[owner]] as const)];
  return html`<form class="filter" action="/incidents" method="get" role="search" aria-label="Incidents">
<label>State ${select(html, 'state', STATES, given('state'))}</label>
<label>Cause ${select(html, 'cause', causes, given('cause'))}</label>
<label>Who can fix it ${select(html, 'owner', owners, given('owner'))}</label>
<label>App ${optionsOf(html, 'app', apps, given('app'))}</label>
<label>From <input type="date" name="from" value="${given('from').slice(0, 10)}"></label>
<label>Until <input type="date" name="until" value="${given('until').slice(0, 10)}"></label>
${query.has('mailbox') ? html`<input type="hidden" name="mailbox" value="${given('mailbox')}">` : undefined}<button>Show</button>
</form>`;
}
