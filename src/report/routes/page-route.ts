/** `/`: the status page. */
import { FILTER_PARAMETERS, UP } from '../http/parameters.ts';
import { readSelection } from '../http/query.ts';
import { statusPage } from '../page/status-page.ts';
import { selectProblems, selectsAll } from '../select.ts';
import { selected } from './route-context.ts';
import type { Route } from './route.ts';

const getPage: Route = {
  id: 'getPage',
  method: 'GET',
  path: '/',
  tag: 'state',
  access: 'page',
  summary: 'The status page',
  parameters: [...FILTER_PARAMETERS, UP],
  answers: { 200: { description: 'For people.', content: { 'text/html': 'text' } } },
  problems: ['unknown-app', 'unknown-mailbox'],
  handler:
    ({ source, redactor, banner }) =>
    async (_, reply, query) => {
      const selection = readSelection(query);
      const snapshot = source.snapshot();
      const mailboxes = selected(source, snapshot, selection);
      const page = statusPage(
        {
          snapshot,
          mailboxes,
          problems: selectProblems(snapshot.problems, selection, mailboxes),
          filtered: !selectsAll(selection),
          source,
          banner,
        },
        redactor,
      );
      return reply.header('content-type', 'text/html; charset=utf-8').send(page);
    },
};

export const PAGE_ROUTES: readonly Route[] = [getPage];
