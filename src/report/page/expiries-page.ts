/**
 * The page `/expiries`: the end dates of the secrets and certificates of apps, and of the certificates of mail servers.
 * The earliest date comes first.
 */
import { type CredentialStatus, endDateInUse } from '../../model/credential.ts';
import type { App } from '../../model/target.ts';
import type { Redactor } from '../../model/redactor.ts';
import { daysLeft } from '../resource/credential.ts';
import type { ServerCertificate } from '../server-certificates.ts';
import { createHtmlTag, type Html, type HtmlTag } from './html.ts';
import { countText } from './labels.ts';
import { day } from './moment.ts';
import { pageDocument } from './page-document.ts';
import { stackRow, stackTable } from './stack-table.ts';
import { appLink } from './verdict.ts';

/** The most rows on the page. The calendar and the API list all dates. */
const MOST_ROWS = 100;
const SOON_DAYS = 30;

export interface Expiries {
  readonly apps: readonly App[];
  readonly credentials: readonly CredentialStatus[];
  readonly serverCertificates: readonly ServerCertificate[];
  readonly now: number;
}

interface Row {
  readonly id: string;
  readonly what: Html;
  readonly state: Html;
  readonly end: number | undefined;
  readonly source: string;
  readonly owner: string;
}

export function expiriesPage(expiries: Expiries, redactor: Redactor, banner: string | undefined): string {
  const html = createHtmlTag(redactor);
  const { now } = expiries;
  const rows = [
    ...credentialRows(html, expiries),
    ...certificateRows(html, expiries.serverCertificates),
  ].toSorted((a, b) => (a.end ?? Number.POSITIVE_INFINITY) - (b.end ?? Number.POSITIVE_INFINITY));
  const soon = rows.filter(({ end }) => end !== undefined && daysLeft(end, now) < SOON_DAYS).length;
  return pageDocument(html, {
    title: 'Expiries',
    status: soon > 0 ? 'warn' : 'pass',
    banner,
    here: '/expiries',
    live: true,
    header: html`<h1>Expiries</h1>
<p class="meta">${soon === 0 ? `Nothing ends within ${SOON_DAYS} days.` : `${soon} of ${countText(rows.length, 'end date', 'end dates')} ${soon === 1 ? 'is' : 'are'} within ${SOON_DAYS} days or in the past.`}</p>`,
    main: expiryTable(html, rows, now),
    footer: html`<p>Subscribe in a calendar: <a href="/credentials.ics">credentials.ics</a> For programs: <a href="/api/v1/credentials">credentials</a></p>`,
  });
}

export function expiryTable(html: HtmlTag, rows: readonly Row[], now: number): Html {
  if (rows.length === 0) return html`<p>No end date is known yet.</p>`;
  const more = rows.length - MOST_ROWS;
  const shown = rows
    .slice(0, MOST_ROWS)
    .map(({ id, what, state, end, source, owner }) =>
      stackRow(html, id, what, [
        html`${end === undefined ? 'unknown' : day(html, end)} <small>${source}</small>`,
        html`${end === undefined ? '–' : leftPill(html, end, now)}`,
        state,
        html`${owner}`,
      ]),
    );
  return html`${stackTable(html, 'End dates', ['What', 'Ends', 'Time left', 'State', 'Renewed by'], shown)}${more > 0 ? html`<p class="meta">${more} later end dates are not shown.</p>` : undefined}`;
}

export function credentialRows(
  html: HtmlTag,
  { apps, credentials, now }: Omit<Expiries, 'serverCertificates'>,
): readonly Row[] {
  const ownerOf = new Map(apps.map(({ id, owner }) => [id, owner]));
  return credentials.map((status) => {
    const used = endDateInUse(status, now);
    const [tone, label] = stateOf(status);
    return {
      id: `credential-${encodeURIComponent(status.app)}`,
      what: html`${appLink(html, status.app)}<small>${status.kind}</small>`,
      state: html`<span class="pill ${tone}">${label}</span>`,
      end: used?.end.expiresAt,
      source:
        used === undefined ? '' : `from ${used.end.source}${used.sure ? '' : '; may not be the one in use'}`,
      owner: ownerOf.get(status.app) ?? '–',
    };
  });
}

export function certificateRows(html: HtmlTag, certificates: readonly ServerCertificate[]): readonly Row[] {
  return certificates.map(({ endpoint, certificate }) => ({
    id: `certificate-${endpoint}`,
    what: html`${endpoint}<small>certificate of the mail server</small>`,
    state: html`<small>${certificate.issuer}</small>`,
    end: certificate.notAfter,
    source: certificate.subject,
    owner: '–',
  }));
}

function leftPill(html: HtmlTag, end: number, now: number): Html {
  const days = daysLeft(end, now);
  const text = days < 0 ? '✗ has ended' : countText(days, 'day', 'days');
  return html`<span class="pill ${days < 0 ? 'down' : days < SOON_DAYS ? 'warning' : 'up'}">${text}</span>`;
}

function stateOf({ valid, previousInUse, match }: CredentialStatus): readonly [tone: string, label: string] {
  if (valid === false)
    return previousInUse === true ? ['warning', '! new value refused'] : ['down', '✗ refused'];
  if (match === 'none' || match === 'secret-id') return ['warning', '! not registered'];
  return valid === undefined ? ['unknown', '? not checked yet'] : ['up', '✓ accepted'];
}
