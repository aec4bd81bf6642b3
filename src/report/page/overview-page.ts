/** The page at `/`: what is down, since when, and who can fix it. The advisories and all mailboxes follow. */
import type { Confirmed, Problem, Snapshot } from '../../model/status.ts';
import type { Redactor } from '../../model/redactor.ts';
import type { Incident } from '../../model/incident.ts';
import { healthCounts, overall } from '../health.ts';
import type { MailboxStatus } from '../select.ts';
import { steps } from '../slices.ts';
import type { ReportSource } from '../source.ts';
import { createHtmlTag, type Html, type HtmlTag } from './html.ts';
import { countText } from './labels.ts';
import { filterForm, pageLinks } from './mailbox-filter.ts';
import { countStates, listMailboxes, type ListQuery } from './mailbox-list.ts';
import { mailboxTable } from './mailbox-table.ts';
import { moment } from './moment.ts';
import { openItems } from './open-items.ts';
import { advisorySection, failureSection } from './open-list.ts';
import { pageDocument } from './page-document.ts';

/** `mailboxes`, `problems` and `incidents` hold only those that the filter selects. */
export interface Overview {
  readonly snapshot: Snapshot;
  readonly mailboxes: readonly MailboxStatus[];
  readonly problems: readonly Problem[];
  readonly incidents: readonly Incident[];
  readonly isFiltered: boolean;
  readonly list: ListQuery;
  /** The query that the browser sent. */
  readonly query: ReadonlyMap<string, string>;
  readonly source: Pick<ReportSource, 'apps' | 'build' | 'config' | 'maintenance'>;
  readonly banner: string | undefined;
}

export type Counts = Readonly<Record<Confirmed, number>>;

/**
 * The page is rendered in short steps, so that it does not delay probes. With ten thousand mailboxes, a step takes
 * milliseconds.
 */
export async function overviewPage(overview: Overview, redactor: Redactor): Promise<string> {
  const html = createHtmlTag(redactor);
  const { snapshot, mailboxes, problems, isFiltered, query, source, banner } = overview;
  const step = steps();
  const counts = await step(() => countStates(mailboxes));
  const status = await step(() => overall(healthCounts(mailboxes), problems));
  const items = await step(() => openItems(problems, overview.incidents));
  const list = await step(() => listMailboxes(mailboxes, overview.list));
  const failures = await step(() => failureSection(html, items, snapshot.at));
  const advisories = await step(() => advisorySection(html, items, snapshot.at));
  const form = await step(() => filterForm(html, query, source.apps(), mailboxes));
  const table = await step(() =>
    list.total === 0
      ? html`<p>No mailbox matches.</p>`
      : mailboxTable(html, list.rows, source.maintenance.inForce(snapshot.at), snapshot.at),
  );
  const headline = headlineOf(counts, items.failures.length + items.advisories.length);
  const { loadedAt, lastReloadSuccessful } = source.config();

  return pageDocument(html, {
    title: headline,
    status,
    banner,
    here: '/',
    live: true,
    header: html`<h1>${headline}</h1>
<p class="meta">${tiles(html, counts)}${isFiltered ? html` Filtered: <a href="/">show everything</a>.` : undefined}</p>`,
    main: html`${failures}
${advisories}
<section aria-labelledby="mailboxes"><h2 id="mailboxes">Mailboxes</h2>
${form}
${table}
${pageLinks(html, list, query)}</section>`,
    footer: html`<p>mailprobe ${source.build.version}. Configuration loaded ${moment(html, loadedAt)}.${lastReloadSuccessful ? undefined : html` <strong>The last reload failed: the previous configuration is still in use. The log has the reason.</strong>`}</p>
<p>For programs: <a href="/api/v1/problems">problems</a> <a href="/api/v1/mailboxes">mailboxes</a> <a href="/health">health</a> <a href="/metrics">metrics</a> <a href="/openapi.json">OpenAPI</a></p>`,
  });
}

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

function tiles(html: HtmlTag, { up, down, unknown }: Counts): Html {
  const tile = (value: string, count: number, label: string) =>
    html`<a class="tile" href="/?up=${value}#mailboxes">${label} <b>${count.toLocaleString('en')}</b></a> `;
  return html`${tile('false', down, '✗ down')}${tile('unknown', unknown, '? unknown')}${tile('true', up, '✓ up')}`;
}
