/**
 * `/api/v1/credentials` and `/credentials.ics`: the end dates and states of credentials, and the mailboxes that depend
 * on each.
 */
import type { CredentialStatus } from '../../model/credential.ts';
import type { App } from '../../model/target.ts';
import { credentialCalendar } from '../calendar/credential-calendar.ts';
import { APP_ONLY } from '../http/parameters.ts';
import { credentialListItem, credentialListSchema, serverCertificateView } from '../resource/credential.ts';
import { mailboxesOf } from '../select.ts';
import { type ServerCertificate, allServerCertificates } from '../server-certificates.ts';
import type { ReportSource } from '../source.ts';
import { sendDetail, unknown } from './route-context.ts';
import type { Route } from './route.ts';

const listCredentials: Route = {
  id: 'listCredentials',
  method: 'GET',
  path: '/api/v1/credentials',
  tag: 'state',
  access: 'api',
  summary: 'Every credential: when it ends, whether it works, which mailboxes depend on it',
  parameters: APP_ONLY,
  conditional: true,
  answers: {
    200: {
      description: 'In the order of the configuration.',
      content: { 'application/json': credentialListSchema },
    },
  },
  problems: ['unknown-app'],
  handler:
    ({ source, redactor }) =>
    async (_, reply, query) => {
      const { apps, serverCertificates, tokens, credentialOf, mailboxes, now } = await read(source, query);
      const credentials = apps.flatMap((one) => {
        const status = credentialOf(one.id);
        const token = tokens.find((state) => state.app === one.id);
        return status === undefined
          ? []
          : [credentialListItem(one, status, token, mailboxes.get(one.id) ?? [], now)];
      });
      const server_certificates = serverCertificates.map((one) => serverCertificateView(one, now));
      return sendDetail(reply, { credentials, server_certificates }, redactor);
    },
};

const getCalendar: Route = {
  id: 'getCalendar',
  method: 'GET',
  path: '/credentials.ics',
  tag: 'state',
  access: 'calendar',
  summary: 'The end dates of credentials as a calendar feed',
  parameters: APP_ONLY,
  answers: { 200: { description: 'RFC 5545.', content: { 'text/calendar': 'text' } } },
  problems: ['unknown-app'],
  handler:
    ({ source, redactor }) =>
    async (_, reply, query) => {
      const { apps, serverCertificates, credentialOf, mailboxes, now } = await read(source, query);
      const calendar = credentialCalendar(
        {
          apps,
          credentials: apps.flatMap(({ id }) => credentialOf(id) ?? []),
          serverCertificates,
          mailboxesOf: (id) => mailboxes.get(id) ?? [],
          now,
          externalUrl: source.externalUrl(),
        },
        redactor,
      );
      return reply
        .header('content-type', 'text/calendar; charset=utf-8')
        .header('content-disposition', 'inline; filename="credentials.ics"')
        .send(calendar);
    },
};

export const CREDENTIAL_ROUTES: readonly Route[] = [listCredentials, getCalendar];

async function read(source: ReportSource, query: ReadonlyMap<string, string>) {
  const wanted = query.get('app');
  const apps: readonly App[] = source.apps().filter(({ id }) => wanted === undefined || id === wanted);
  if (wanted !== undefined && apps.length === 0) throw unknown('app', wanted);
  const { at: now, tokens, targets } = source.snapshot();
  const own = wanted === undefined ? targets : targets.filter(({ target }) => target.app.id === wanted);
  const serverCertificates: readonly ServerCertificate[] = await allServerCertificates(own);
  const mailboxes = new Map<string, string[]>();
  for (const { mailbox } of mailboxesOf(own)) {
    const known = mailboxes.get(mailbox.app);
    if (known === undefined) mailboxes.set(mailbox.app, [mailbox.id]);
    else known.push(mailbox.id);
  }
  const known = new Map(source.credentials().map((status) => [status.app, status]));
  const credentialOf = (id: string): CredentialStatus | undefined => known.get(id);
  return { apps, serverCertificates, tokens, mailboxes, credentialOf, now };
}
