/** The page of one app: its problems, its credential and its mailboxes. */
import type { AvailabilityRow } from '../../model/availability.ts';
import { upShare } from '../../model/availability.ts';
import type { CredentialStatus } from '../../model/credential.ts';
import type { MaintenanceWindow } from '../../model/memory.ts';
import type { StoredIncident } from '../../model/past.ts';
import type { Problem } from '../../model/status.ts';
import type { App } from '../../model/target.ts';
import { appPath } from '../page-path.ts';
import { healthCounts, overall } from '../health.ts';
import type { MailboxStatus } from '../select.ts';
import { actSection, maintenanceForms } from './act-forms.ts';
import { credentialRows, expiryTable } from './expiries-page.ts';
import type { HtmlTag } from './html.ts';
import { incidentTable, storeAway } from './incident-table.ts';
import { countStates, listMailboxes } from './mailbox-list.ts';
import { mailboxTable } from './mailbox-table.ts';
import type { OpenItems } from './open-items.ts';
import { advisorySection, failureSection } from './open-list.ts';
import { headlineOf } from './overview-page.ts';
import { pageDocument } from './page-document.ts';

export interface PastOfApp {
  /** The availability over the last 30 days. Undefined if the app was not watched. */
  readonly availability: AvailabilityRow | undefined;
  readonly incidents: readonly StoredIncident[];
}

export interface AppPage {
  readonly app: App;
  readonly mailboxes: readonly MailboxStatus[];
  readonly problems: readonly Problem[];
  readonly items: OpenItems;
  readonly credentials: readonly CredentialStatus[];
  readonly past: PastOfApp | undefined;
  /** The windows that are in effect now for any mailbox. */
  readonly inForce: readonly MaintenanceWindow[];
  readonly mayAct: boolean;
  readonly banner: string | undefined;
  readonly now: number;
}

export function appPage(html: HtmlTag, page: AppPage): string {
  const { app, mailboxes, problems, items, past, inForce, mayAct, banner, now } = page;
  const path = appPath(app.id);
  const maintenance = inForce.filter(({ apps }) => apps?.includes(app.id) === true);
  const headline = headlineOf(countStates(mailboxes), items.failures.length + items.advisories.length);
  const list = listMailboxes(mailboxes, { sort: 'worst', page: 1 });
  return pageDocument(html, {
    title: `App ${app.id}: ${headline}`,
    status: overall(healthCounts(mailboxes), problems),
    banner,
    live: true,
    header: html`<h1>App ${app.id}</h1>
<p>${headline}</p>
<p class="meta">Client id ${app.clientId} · tenant ${app.tenant}${app.owner === undefined ? undefined : html` · owner ${app.owner}`}</p>`,
    main: html`${failureSection(html, items, now)}
${advisorySection(html, items, now)}
<section aria-labelledby="dates"><h2 id="dates">Credential</h2>
${expiryTable(html, credentialRows(html, { ...page, apps: [app] }), now)}</section>
<section aria-labelledby="mailboxes"><h2 id="mailboxes">Mailboxes</h2>
${list.total === 0 ? html`<p>No mailbox.</p>` : mailboxTable(html, list.rows, inForce, now)}
${list.pages === 1 ? undefined : html`<p><a href="/?app=${encodeURIComponent(app.id)}">All ${list.total.toLocaleString('en')} mailboxes</a></p>`}</section>
${past === undefined ? undefined : actSection(html, mayAct, [maintenanceForms(html, path, maintenance)])}
<section aria-labelledby="past"><h2 id="past">History</h2>
${past === undefined ? storeAway(html) : html`<p>${availabilityText(past.availability)}</p>${incidentTable(html, past.incidents, now)}`}</section>`,
    footer: html`<p>For programs: <a href="/api/v1${path}">this app</a></p>`,
  });
}

function availabilityText(row: AvailabilityRow | undefined): string {
  const share = row && upShare(row);
  if (row === undefined || share === undefined) return 'There is no data for the last 30 days.';
  const percent = row.downMs > 0 && share > 0.9999 ? '99.99' : (share * 100).toFixed(2);
  return `${percent} % available in the last 30 days, ${row.outages} outages. Time that was unknown, in maintenance or not watched is left out.`;
}
