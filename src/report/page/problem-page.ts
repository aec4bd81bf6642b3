/**
 * The page of one problem. Alerts link to it. It always shows the incidents of the problem. While the problem is open,
 * it also shows the diagnosis and the fix.
 */
import type { Incident } from '../../model/incident.ts';
import type { StoredIncident } from '../../model/past.ts';
import type { Problem } from '../../model/status.ts';
import type { HtmlTag } from './html.ts';
import { incidentTable, storeAway } from './incident-table.ts';
import { age } from './moment.ts';
import { pageDocument } from './page-document.ts';
import { affectedText, causeLink, verdictCard } from './verdict.ts';

export interface ProblemPage {
  readonly id: string;
  readonly cause: string;
  /** Undefined if the problem is not open. */
  readonly problem: Problem | undefined;
  /** The open incident that the problem is part of. */
  readonly incident: Incident | undefined;
  /** The newest incidents with the same cause and subject. Undefined while the store is unavailable. */
  readonly past: readonly StoredIncident[] | undefined;
  readonly banner: string | undefined;
  readonly now: number;
}

export function problemPage(html: HtmlTag, page: ProblemPage): string {
  const { id, cause, problem, incident, past, banner, now } = page;
  return pageDocument(html, {
    title: problem?.title ?? `${cause} is not open`,
    status: problem === undefined ? 'pass' : problem.severity === 'critical' ? 'fail' : 'warn',
    banner,
    live: true,
    header: html`<h1>${problem?.title ?? 'This problem is not open'}</h1>
<p class="meta">${problem === undefined ? html`<code>${id}</code>` : html`Open for ${age(html, problem.since, now)}.`}</p>`,
    main: html`${
      problem === undefined
        ? html`<p class="calm">✓ This problem affects nothing now. Its cause is ${causeLink(html, cause)}.</p>`
        : html`<h2>What it means</h2>
${verdictCard(html, problem)}<p>${affectedText(html, problem.affectedMailboxes)}</p>`
    }
${incident === undefined ? undefined : html`<p><a href="/incidents/${incident.id}">The incident: timeline, messages, acknowledgement</a></p>`}
<section aria-labelledby="incidents"><h2 id="incidents">Incidents of this problem</h2>
${past === undefined ? storeAway(html) : incidentTable(html, past, now)}</section>`,
    footer: html`<p>For programs: <a href="/api/v1/problems">all open problems</a></p>`,
  });
}
