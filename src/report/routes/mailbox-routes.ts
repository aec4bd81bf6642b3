/** `/api/v1/mailboxes`, `/api/v1/mailboxes/ID`, and `POST /api/v1/mailboxes/ID/probe`, which looks now. */
import type { FastifyInstance } from 'fastify';
import { targetKey } from '../../model/target.ts';
import { PAGING, pageOf } from '../http/paging.ts';
import { badParameter, FILTERS, readProtocol, readQuery, readSelection } from '../http/query.ts';
import { type MailboxStatus, mailboxesOf } from '../select.ts';
import { mailboxDetailView, mailboxView } from '../resource/mailbox.ts';
import {
  mayStaySilent,
  type RouteContext,
  selected,
  sendDetail,
  sendJson,
  sendList,
  unknown,
} from './route-context.ts';

interface ById {
  Params: { id: string };
}

export function addMailboxRoutes(app: FastifyInstance, { source, redactor, lookLimit }: RouteContext): void {
  const find = (id: string): MailboxStatus => {
    const targets = source.snapshot().targets.filter(({ target }) => target.mailbox.id === id);
    const [mailbox] = mailboxesOf(targets);
    if (mailbox === undefined) throw unknown('mailbox', id);
    return mailbox;
  };

  app.get('/api/v1/mailboxes', async (request, reply) => {
    const parameters = readQuery(request.query, [...FILTERS, 'up', ...PAGING]);
    const mailboxes = selected(source, source.snapshot(), readSelection(parameters));
    const page = pageOf(mailboxes, ({ mailbox }) => mailbox.id, '/api/v1/mailboxes', parameters);
    return sendList(reply, 'mailboxes', page, mailboxView, redactor);
  });

  app.get<ById>('/api/v1/mailboxes/:id', async (request, reply) => {
    readQuery(request.query, []);
    return sendDetail(reply, mailboxDetailView(find(request.params.id)), redactor);
  });

  app.post<ById>('/api/v1/mailboxes/:id/probe', async (request, reply) => {
    const protocol = readProtocol(readQuery(request.query, ['protocol']));
    const mailbox = find(request.params.id);
    if (protocol !== undefined && !mailbox.targets.some(({ target }) => target.protocol === protocol)) {
      throw badParameter('protocol', `is "${protocol}", over which this mailbox is not watched.`);
    }
    const asked = mailbox.targets.map(({ target }) => target);
    lookLimit(asked.filter((target) => protocol === undefined || target.protocol === protocol));
    mayStaySilent(reply);
    const looked = await source.probeNow(mailbox.mailbox.id, protocol && [protocol]);
    const fresh = new Map(looked.map((status) => [targetKey(status.target), status]));
    const targets = mailbox.targets.map((status) => fresh.get(targetKey(status.target)) ?? status);
    return sendJson(reply, mailboxDetailView({ ...mailbox, targets }), redactor);
  });
}
