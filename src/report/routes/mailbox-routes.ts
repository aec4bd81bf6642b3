/**
 * `/api/v1/mailboxes`, `/api/v1/mailboxes/ID`, and `POST /api/v1/mailboxes/ID/probe`, which probes a mailbox at once.
 */
import { targetKey } from '../../model/target.ts';
import { PAGE_PARAMETERS, pageOf } from '../http/paging.ts';
import { FILTER_PARAMETERS, idParameter, protocolParameter, UP } from '../http/parameters.ts';
import { badParameter, readProtocol, readSelection } from '../http/query.ts';
import {
  mailboxDetailSchema,
  mailboxDetailView,
  type MailboxDetailView,
  mailboxListSchema,
  mailboxView,
} from '../resource/mailbox.ts';
import { holderOf } from '../resource/replica.ts';
import { type MailboxStatus, mailboxesOf } from '../select.ts';
import type { ReportSource } from '../source.ts';
import {
  renderedList,
  mayStaySilent,
  selected,
  sendDetail,
  sendJson,
  sendList,
  unknown,
} from './route-context.ts';
import type { Route } from './route.ts';

const ID = idParameter('Id of the mailbox in the configuration.');

const listMailboxes: Route = {
  id: 'listMailboxes',
  method: 'GET',
  path: '/api/v1/mailboxes',
  tag: 'state',
  access: 'api',
  summary: 'All mailboxes, with their state over each protocol',
  parameters: [...FILTER_PARAMETERS, UP, ...PAGE_PARAMETERS],
  conditional: true,
  answers: {
    200: {
      description: 'In the order of the configuration.',
      content: { 'application/json': mailboxListSchema },
    },
  },
  problems: ['stale-cursor', 'unknown-app', 'unknown-mailbox'],
  handler:
    ({ source, redactor, renderList }) =>
    async ({ url }, reply, query) => {
      const list = await renderList(url, () => {
        const snapshot = source.snapshot();
        const render = async () => {
          const mailboxes = selected(source, snapshot, readSelection(query));
          const page = pageOf(mailboxes, ({ mailbox }) => mailbox.id, '/api/v1/mailboxes', query);
          return await renderedList('mailboxes', page, mailboxView, redactor);
        };
        return { revision: snapshot.targets, render };
      });
      return sendList(reply, list);
    },
};

const getMailbox: Route = {
  id: 'getMailbox',
  method: 'GET',
  path: '/api/v1/mailboxes/:id',
  tag: 'state',
  access: 'api',
  summary: 'One mailbox, with stages, facts and history',
  parameters: [ID],
  conditional: true,
  answers: {
    200: { description: 'Its state.', content: { 'application/json': mailboxDetailSchema } },
  },
  problems: ['unknown-mailbox'],
  handler:
    ({ source, redactor }) =>
    async ({ params }, reply) =>
      sendDetail(reply, detailOf(source, find(source, params.id)), redactor),
};

const probeMailbox: Route = {
  id: 'probeMailbox',
  method: 'POST',
  path: '/api/v1/mailboxes/:id/probe',
  tag: 'act',
  access: 'api',
  summary: 'Probe now',
  description:
    'Answers when the probe has ended. If another replica holds the app of the mailbox, that replica probes, and `replica` names it. Limits: a burst of 10 per mailbox and protocol, then one every 2 seconds; 10 a second over all mailboxes.',
  parameters: [ID, protocolParameter('protocol', 'Over this protocol only.')],
  answers: {
    200: {
      description: 'The mailbox after the probe.',
      content: { 'application/json': mailboxDetailSchema },
    },
  },
  problems: ['unknown-mailbox', 'too-many-requests', 'store-unavailable', 'replica-silent'],
  handler:
    ({ source, redactor, probeLimit }) =>
    async ({ params }, reply, query) => {
      const protocol = readProtocol(query);
      const mailbox = find(source, params.id);
      if (protocol !== undefined && !mailbox.targets.some(({ target }) => target.protocol === protocol)) {
        throw badParameter('protocol', `is "${protocol}", but this mailbox is not watched over it.`);
      }
      const asked = mailbox.targets.map(({ target }) => target);
      probeLimit(asked.filter((target) => protocol === undefined || target.protocol === protocol));
      mayStaySilent(reply);
      const probed = await source.probeNow(mailbox.mailbox.id, protocol && [protocol]);
      const fresh = new Map(probed.map((status) => [targetKey(status.target), status]));
      const targets = mailbox.targets.map((status) => fresh.get(targetKey(status.target)) ?? status);
      return sendJson(reply, detailOf(source, { ...mailbox, targets }), redactor);
    },
};

export const MAILBOX_ROUTES: readonly Route[] = [listMailboxes, getMailbox, probeMailbox];

function detailOf({ replicas }: ReportSource, mailbox: MailboxStatus): MailboxDetailView {
  return mailboxDetailView(mailbox, holderOf(replicas(), mailbox.mailbox.app));
}

function find(source: ReportSource, id: string): MailboxStatus {
  const targets = source.snapshot().targets.filter(({ target }) => target.mailbox.id === id);
  const [mailbox] = mailboxesOf(targets);
  if (mailbox === undefined) throw unknown('mailbox', id);
  return mailbox;
}
