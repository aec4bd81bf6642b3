/** `/api/v1/credentials` and `/credentials.ics`: what ends when, whether it works, and who is hit. `?app=` narrows. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CredentialStatus } from '../../model/credential.ts';
import type { App } from '../../model/target.ts';
import { credentialCalendar } from '../calendar/credential-calendar.ts';
import { readQuery } from '../http/query.ts';
import { mailboxesOf } from '../select.ts';
import { type ServerCertificate, serverCertificatesOf } from '../server-certificates.ts';
import { credentialListItem, serverCertificateView } from '../resource/credential.ts';
import { type RouteContext, sendDetail, unknown } from './route-context.ts';

export function addCredentialRoutes(app: FastifyInstance, { source, redactor }: RouteContext): void {
  app.get('/api/v1/credentials', async (request, reply) => {
    const { apps, serverCertificates, tokens, credentialOf, mailboxes, now } = read(request);
    const credentials = apps.flatMap((one) => {
      const status = credentialOf(one.id);
      const token = tokens.find((state) => state.app === one.id);
      return status === undefined
        ? []
        : [credentialListItem(one, status, token, mailboxes.get(one.id) ?? [], now)];
    });
    const server_certificates = serverCertificates.map((one) => serverCertificateView(one, now));
    return sendDetail(reply, { credentials, server_certificates }, redactor);
  });

  app.get('/credentials.ics', async (request, reply) => {
    const { apps, serverCertificates, credentialOf, mailboxes, now } = read(request);
    const calendar = credentialCalendar(
      {
        apps,
        credentials: apps.flatMap(({ id }) => credentialOf(id) ?? []),
        serverCertificates,
        mailboxesOf: (id) => mailboxes.get(id) ?? [],
        now,
      },
      redactor,
    );
    return reply
      .header('content-type', 'text/calendar; charset=utf-8')
      .header('content-disposition', 'inline; filename="credentials.ics"')
      .send(calendar);
  });

  function read({ query }: FastifyRequest) {
    const wanted = readQuery(query, ['app']).get('app');
    const apps: readonly App[] = source.apps().filter(({ id }) => wanted === undefined || id === wanted);
    if (wanted !== undefined && apps.length === 0) throw unknown('app', wanted);
    const { at: now, tokens, targets } = source.snapshot();
    const own = wanted === undefined ? targets : targets.filter(({ target }) => target.app.id === wanted);
    const serverCertificates: readonly ServerCertificate[] = serverCertificatesOf(own);
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
}
