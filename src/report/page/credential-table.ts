/** The credentials section of the page: state, end date and owner of each. Refused ones first, then by end date. */
import { type CredentialStatus, endDateInUse } from '../../model/credential.ts';
import type { App } from '../../model/target.ts';
import { daysLeft } from '../resource/credential.ts';
import type { Html, HtmlTag } from './html.ts';
import { moment } from './moment.ts';
import { countText } from './labels.ts';

const MOST_ROWS = 100;

export function credentialSection(
  html: HtmlTag,
  apps: readonly App[],
  credentials: readonly CredentialStatus[],
  now: number,
): Html | undefined {
  if (credentials.length === 0) return undefined;
  const rows = credentials
    .map((status) => ({ status, end: endDateInUse(status, now)?.end.expiresAt ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => Number(a.status.valid ?? true) - Number(b.status.valid ?? true) || a.end - b.end);
  return html`<section aria-labelledby="credentials"><h2 id="credentials">Credentials</h2>
<div class="scroll"><table><thead><tr><th scope="col">App</th><th scope="col">State</th><th scope="col">Ends</th><th scope="col">Renewed by</th></tr></thead><tbody>
${rows.slice(0, MOST_ROWS).map(({ status }) => row(html, apps, status, now))}</tbody></table></div>
<p class="meta">${rows.length > MOST_ROWS ? `${rows.length - MOST_ROWS} more: see ` : 'Details: '}<a href="/api/v1/credentials">JSON</a>. End dates as a calendar to subscribe to: <a href="/credentials.ics">credentials.ics</a>.</p></section>`;
}

function row(html: HtmlTag, apps: readonly App[], status: CredentialStatus, now: number): Html {
  const { owner } = apps.find(({ id }) => id === status.app) ?? {};
  const used = endDateInUse(status, now);
  const ends =
    used === undefined
      ? html`unknown`
      : html`${moment(html, used.end.expiresAt)} <small>${daysLeftText(used.end.expiresAt, now)}, source: ${used.end.source}${used.sure ? '' : '; may not be the one in use'}</small>`;
  const [tone, label] = stateOf(status);
  return html`<tr><th scope="row">${status.app}<small>${status.kind}</small></th><td class="state"><span class="pill ${tone}">${label}</span></td><td>${ends}</td><td>${owner ?? '–'}</td></tr>
`;
}

function stateOf({ valid, previousInUse, match }: CredentialStatus): readonly [tone: string, label: string] {
  if (valid === false)
    return previousInUse === true ? ['warning', 'new value refused'] : ['down', '✗ refused'];
  if (match === 'none' || match === 'secret-id') return ['warning', '! not registered'];
  return valid === undefined ? ['unknown', '? not checked yet'] : ['up', '✓ accepted'];
}

function daysLeftText(end: number, now: number): string {
  const days = daysLeft(end, now);
  return days < 0 ? 'has ended' : `${countText(days, 'day', 'days')} left`;
}
