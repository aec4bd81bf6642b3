/**
 * The page at `/`: shows at a glance whether all is well, and if not, what to do. Plain HTML without script; the browser
 * reloads it every 30 seconds.
 */
import type { Problem, Snapshot } from '../../model/status.ts';
import type { Redactor } from '../../model/redactor.ts';
import { healthCounts, overall } from '../health.ts';
import { type MailboxStatus, mailboxState } from '../select.ts';
import type { ReportSource } from '../source.ts';
import { credentialSection } from './credential-table.ts';
import { createHtmlTag } from './html.ts';
import { moment } from './moment.ts';
import { pageDocument } from './page-document.ts';
import { headlineOf, mailboxSection, problemSection, tiles } from './sections.ts';

/** `mailboxes` and `problems` are those that the filter selects. */
export interface PageContent {
  readonly snapshot: Snapshot;
  readonly mailboxes: readonly MailboxStatus[];
  readonly problems: readonly Problem[];
  readonly filtered: boolean;
  readonly source: Pick<ReportSource, 'apps' | 'build' | 'config' | 'credentials' | 'past'>;
  readonly banner: string | undefined;
}

export function statusPage(content: PageContent, redactor: Redactor): string {
  const html = createHtmlTag(redactor);
  const { snapshot, mailboxes, problems, source, banner } = content;
  const counts = { up: 0, down: 0, unknown: 0 };
  for (const mailbox of mailboxes) counts[mailboxState(mailbox)] += 1;
  const headline = headlineOf(counts, problems.length);
  const status = overall(healthCounts(mailboxes), problems);

  return pageDocument(html, {
    title: headline,
    status,
    banner,
    refreshSeconds: 30,
    header: html`<h1>${headline}</h1>
<p class="meta">As of ${moment(html, snapshot.at)}. Reloads every 30 seconds.${content.filtered ? html` Filtered: <a href="/">show everything</a>.` : undefined}</p>
${tiles(html, counts, problems.length)}`,
    main: html`${problemSection(html, problems, snapshot.at)}
${content.filtered ? undefined : credentialSection(html, source.apps(), source.credentials(), snapshot.at)}
${mailboxSection(html, mailboxes, snapshot.at)}`,
    footer: html`<p>${source.past === undefined ? undefined : html`<a href="/incidents">Incidents</a>`}<a href="/api/v1/problems">Problems as JSON</a><a href="/api/v1/mailboxes">Mailboxes</a><a href="/api/v1/apps">Apps</a><a href="/api/v1/credentials">Credentials</a><a href="/health">Health</a><a href="/metrics">Metrics</a></p>
<p>mailprobe ${source.build.version}. Configuration loaded ${moment(html, source.config().loadedAt)}.${source.config().lastReloadSuccessful ? undefined : html` <strong>The last reload failed: the previous configuration is still in use. The log has the reason.</strong>`}</p>`,
  });
}
