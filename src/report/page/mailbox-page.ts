/**
 * The page of one mailbox: what is wrong and how to fix it, the stages of the last probe, past states, durations, end
 * dates and forms.
 */
import type { ConditionSpan } from '../../model/availability.ts';
import type { CredentialStatus } from '../../model/credential.ts';
import type { Diagnosis } from '../../model/diagnosis.ts';
import type { MaintenanceWindow } from '../../model/memory.ts';
import type { StoredIncident } from '../../model/past.ts';
import { factsOf } from '../../model/protocol.ts';
import { type App, targetKey } from '../../model/target.ts';
import { healthCounts, overall } from '../health.ts';
import { mailboxPath } from '../page-path.ts';
import type { Latency } from '../latencies.ts';
import { serverCertificatesOf } from '../server-certificates.ts';
import type { ReplicaState } from '../source.ts';
import { type MailboxStatus, mailboxState } from '../select.ts';
import { actSection, maintenanceForms, probeForm } from './act-forms.ts';
import { certificateRows, credentialRows, expiryTable } from './expiries-page.ts';
import { historyBars } from './history-bars.ts';
import type { Html, HtmlTag } from './html.ts';
import { incidentTable, storeAway } from './incident-table.ts';
import { stageList } from './stage-list.ts';
import { latencyChart, phaseLegend } from './latency-chart.ts';
import { stateLine } from './mailbox-table.ts';
import { age, moment } from './moment.ts';
import type { OpenItems } from './open-items.ts';
import { advisorySection, failureSection } from './open-list.ts';
import { pageDocument } from './page-document.ts';
import { appLink, verdictCards } from './verdict.ts';

export interface PastOfMailbox {
  readonly spans: readonly ConditionSpan[];
  readonly incidents: readonly StoredIncident[];
}

export interface MailboxPage {
  readonly mailbox: MailboxStatus;
  readonly items: OpenItems;
  readonly apps: readonly App[];
  readonly credentials: readonly CredentialStatus[];
  readonly latenciesOf: (key: string) => readonly Latency[];
  /** Absent while the store is unavailable. */
  readonly past: PastOfMailbox | undefined;
  /** The windows that are in effect now for this mailbox. */
  readonly maintenance: readonly MaintenanceWindow[];
  /** The replica that probes the mailbox. */
  readonly holder: ReplicaState | undefined;
  readonly mayAct: boolean;
  readonly banner: string | undefined;
  readonly now: number;
}

const STATE_TEXT = { up: 'is up', down: 'is down', unknown: 'is not known' } as const;

export function mailboxPage(html: HtmlTag, page: MailboxPage): string {
  const { mailbox: status, items, past, maintenance, mayAct, banner, now } = page;
  const { mailbox, targets } = status;
  const path = mailboxPath(mailbox.id);
  const labels = Object.entries(mailbox.labels).map(([name, value]) => ` · ${name}=${value}`);
  return pageDocument(html, {
    title: `${mailbox.id} ${STATE_TEXT[mailboxState(status)]}`,
    status: overall(healthCounts([status]), []),
    banner,
    live: true,
    header: html`<h1>${mailbox.id} ${STATE_TEXT[mailboxState(status)]}</h1>
<p class="meta">${mailbox.address} · app ${appLink(html, mailbox.app)}${labels}</p>
${targets.map((target) => stateLine(html, target, now))}`,
    main: html`${verdicts(html, status)}
${items.failures.length === 0 ? undefined : failureSection(html, items, now)}
${advisorySection(html, items, now)}
${actSection(html, mayAct, [
  probeForm(html, mailbox.id),
  past === undefined ? undefined : maintenanceForms(html, path, maintenance),
])}
${lastProbes(html, page)}
<section aria-labelledby="history"><h2 id="history">History</h2>
${past === undefined ? storeAway(html) : historyBars(html, past.spans, now)}</section>
${latencySection(html, page)}
${past === undefined ? undefined : html`<section aria-labelledby="incidents"><h2 id="incidents">Incidents</h2>${incidentTable(html, past.incidents, now)}</section>`}
<section aria-labelledby="dates"><h2 id="dates">End dates</h2>
${expiryTable(
  html,
  [
    ...credentialRows(html, {
      ...page,
      credentials: page.credentials.filter(({ app }) => app === mailbox.app),
      now,
    }),
    ...certificateRows(html, serverCertificatesOf(targets)),
  ],
  now,
)}</section>`,
    footer: html`<p>For programs: <a href="/api/v1${path}">this mailbox</a> <a href="/api/v1${path}/history">its history</a></p>`,
  });
}

/** Shows the diagnoses of the last probes, each cause once. The likeliest is shown in full, and the others below it. */
function verdicts(html: HtmlTag, { targets }: MailboxStatus): Html | undefined {
  const byCause = new Map<string, Diagnosis>();
  for (const { lastProbe } of targets)
    for (const diagnosis of lastProbe?.diagnoses ?? [])
      if (!byCause.has(diagnosis.cause)) byCause.set(diagnosis.cause, diagnosis);
  if (byCause.size === 0) return undefined;
  return html`<section aria-labelledby="verdict"><h2 id="verdict">What it means</h2>
${verdictCards(html, [...byCause.values()])}</section>`;
}

function lastProbes(html: HtmlTag, { mailbox: { targets }, holder, now }: MailboxPage): Html {
  return html`<section aria-labelledby="stages"><h2 id="stages">The last probe, stage by stage</h2>
${holder === undefined || holder.isSelf ? undefined : html`<p class="meta">Replica ${holder.name} probes this mailbox. ${holder.asOf === undefined ? 'Its state has not been read from the database yet.' : html`Its state is shown as of ${moment(html, holder.asOf)}.`} Only that replica knows the stages of a successful probe. "Probe now" shows them here.</p>\n`}${targets.map(
  ({ target, lastProbe }) =>
    lastProbe === undefined
      ? html`<p>${factsOf(target.protocol).name}: not probed yet.</p>`
      : html`<h3>${factsOf(target.protocol).name}, ${age(html, lastProbe.evidence.startedAt, now)} ago</h3>
<p class="meta">${moment(html, lastProbe.evidence.startedAt)}</p>
${stageList(html, lastProbe.evidence)}`,
)}</section>`;
}

function latencySection(html: HtmlTag, { mailbox, latenciesOf }: MailboxPage): Html | undefined {
  const charts = mailbox.targets.flatMap(
    ({ target }) => latencyChart(html, factsOf(target.protocol).name, latenciesOf(targetKey(target))) ?? [],
  );
  if (charts.length === 0) return undefined;
  return html`<section aria-labelledby="latency"><h2 id="latency">Duration by phase</h2>
${charts}${phaseLegend(html)}</section>`;
}
