/** `/api/v1/apps` and `/api/v1/apps/ID`: app registrations with their tokens, credentials and mailboxes. */
import { idParameter } from '../http/parameters.ts';
import { appDetailSchema, appDetailView, appListSchema, appView } from '../resource/app.ts';
import { type MailboxStatus, mailboxesOf } from '../select.ts';
import { sendDetail, unknown } from './route-context.ts';
import type { Route } from './route.ts';

const listApps: Route = {
  id: 'listApps',
  method: 'GET',
  path: '/api/v1/apps',
  tag: 'state',
  access: 'api',
  summary: 'The app registrations, and how many of their mailboxes are up',
  conditional: true,
  answers: {
    200: {
      description: 'In the order of the configuration.',
      content: { 'application/json': appListSchema },
    },
  },
  handler:
    ({ source, redactor }) =>
    async (_, reply) => {
      const byApp = new Map<string, MailboxStatus[]>();
      for (const mailbox of mailboxesOf(source.snapshot().targets)) {
        const known = byApp.get(mailbox.mailbox.app);
        if (known === undefined) byApp.set(mailbox.mailbox.app, [mailbox]);
        else known.push(mailbox);
      }
      const apps = source.apps().map((one) => appView(one, byApp.get(one.id) ?? []));
      return sendDetail(reply, { apps }, redactor);
    },
};

const getApp: Route = {
  id: 'getApp',
  method: 'GET',
  path: '/api/v1/apps/:id',
  tag: 'state',
  access: 'api',
  summary: 'One app, with its token and its credential',
  parameters: [idParameter('Id of the app in the configuration.')],
  conditional: true,
  answers: {
    200: { description: 'Its state.', content: { 'application/json': appDetailSchema } },
  },
  problems: ['unknown-app'],
  handler:
    ({ source, redactor }) =>
    async ({ params: { id } }, reply) => {
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
    },
};

export const APP_ROUTES: readonly Route[] = [listApps, getApp];
