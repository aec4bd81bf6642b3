/**
 * The page at `/`: shows at a glance whether all is well, and if not, what to do. Plain HTML without script; the browser
 * reloads it every 30 seconds.
 */
import type { Problem, Snapshot } from '../../model/status.ts';
import type { Redactor } from '../../model/redactor.ts';
import { healthCounts, type HealthStatus, overall } from '../health.ts';
import { type MailboxStatus, mailboxState } from '../select.ts';
import type { ReportSource } from '../source.ts';
import { credentialSection } from './credential-table.ts';
import { createHtmlTag, Html } from './html.ts';
import { moment } from './moment.ts';
import { headlineOf, mailboxSection, problemSection, tiles } from './sections.ts';
import { STYLE } from './style.ts';

const ICON_COLORS: Readonly<Record<HealthStatus, string>> = {
  pass: '12703f',
  warn: 'c97a00',
  fail: 'b3201f',
};

/** `mailboxes` and `problems` are those that the filter selects. */
export interface PageContent {
  readonly snapshot: Snapshot;
  readonly mailboxes: readonly MailboxStatus[];
  readonly problems: readonly Problem[];
  readonly filtered: boolean;
  readonly source: Pick<ReportSource, 'apps' | 'build' | 'config' | 'credentials'>;
  readonly banner: string | undefined;
}

export function statusPage(content: PageContent, redactor: Redactor): string {
  const html = createHtmlTag(redactor);
  const { snapshot, mailboxes, problems, source, banner } = content;
  const counts = { up: 0, down: 0, unknown: 0 };
  for (const mailbox of mailboxes) counts[mailboxState(mailbox)] += 1;
  const headline = headlineOf(counts, problems.length);
  const status = overall(healthCounts(mailboxes), problems);

  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="30">
<title>${headline} · mailprobe</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='7' fill='%23${ICON_COLORS[status]}'/%3E%3C/svg%3E">
<style>${new Html(STYLE)}</style>
</head>
<body>
${banner === undefined ? undefined : html`<p class="banner" role="note">${banner}</p>`}
<header>
<p class="brand">mailprobe</p>
<h1>${headline}</h1>
<p class="meta">As of ${moment(html, snapshot.at)}. Reloads every 30 seconds.${content.filtered ? html` Filtered: <a href="/">show everything</a>.` : undefined}</p>
${tiles(html, counts, problems.length)}
</header>
<main>
${problemSection(html, problems, snapshot.at)}
${content.filtered ? undefined : credentialSection(html, source.apps(), source.credentials(), snapshot.at)}
${mailboxSection(html, mailboxes, snapshot.at)}
</main>
<footer>
<p><a href="/api/v1/problems">Problems as JSON</a><a href="/api/v1/mailboxes">Mailboxes</a><a href="/api/v1/apps">Apps</a><a href="/api/v1/credentials">Credentials</a><a href="/health">Health</a><a href="/metrics">Metrics</a></p>
<p>mailprobe ${source.build.version}. Configuration loaded ${moment(html, source.config().loadedAt)}.${source.config().lastReloadSuccessful ? undefined : html` <strong>The last reload failed: the previous configuration is still in use. The log has the reason.</strong>`}</p>
</footer>
</body>
</html>
`.text;
}
