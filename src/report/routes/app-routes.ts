/** `/api/v1/apps` and `/api/v1/apps/ID`: the registrations, their tokens and credentials, and who depends on them. */
import type { FastifyInstance } from 'fastify';
import { readQuery } from '../http/query.ts';
import { type MailboxStatus, mailboxesOf } from '../select.ts';
import { appDetailView, appView } from '../resource/app.ts';
import { type RouteContext, sendDetail, unknown } from './route-context.ts';

export function addAppRoutes(app: FastifyInstance, { source, redactor }: RouteContext): void {
  app.get('/api/v1/apps', async (request, reply) => {
    readQuery(request.query, []);
    const byApp = new Map<string, MailboxStatus[]>();
    for (const mailbox of mailboxesOf(source.snapshot().targets)) {
      const known = byApp.get(mailbox.mailbox.app);
      if (known === undefined) byApp.set(mailbox.mailbox.app, [mailbox]);
      else known.push(mailbox);
    }
    const apps = source.apps().map((one) => appView(one, byApp.get(one.id) ?? []));
    return sendDetail(reply, { apps }, redactor);
  });

  app.get<{ Params: { id: string } }>('/api/v1/apps/:id', async (request, reply) => {
    readQuery(request.query, []);
    const { id } = request.params;
    const found = source.apps().find((one) => one.id === id);
    if (found === undefined) throw unknown('app', id);
    const { at, targets, tokens } = source.snapshot();
    const view = appDetailView(
      found,
      mailboxesOf(targets.filter(({ target }) => target.mailbox.app === id)),
      tokens.find((token) => token.app === id),
      source.credentials().find((credential) => credential.app === id),
      at,
    );
    return sendDetail(reply, view, redactor);
  });
}
