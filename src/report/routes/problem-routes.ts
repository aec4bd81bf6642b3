/** `/api/v1/problems`: each open problem, with the affected mailboxes and the fix. */
import { PAGE_PARAMETERS, pageOf } from '../http/paging.ts';
import { FILTER_PARAMETERS } from '../http/parameters.ts';
import { readSelection } from '../http/query.ts';
import { problemListSchema, problemView } from '../resource/problem.ts';
import { selectProblems } from '../select.ts';
import { renderedList, selected, sendList } from './route-context.ts';
import type { Route } from './route.ts';

const listProblems: Route = {
  id: 'listProblems',
  method: 'GET',
  path: '/api/v1/problems',
  tag: 'state',
  access: 'api',
  summary: 'Open problems, each once, with the mailboxes it affects and how to fix it',
  parameters: [...FILTER_PARAMETERS, ...PAGE_PARAMETERS],
  conditional: true,
  answers: {
    200: { description: 'The severest first.', content: { 'application/json': problemListSchema } },
  },
  problems: ['stale-cursor', 'unknown-app', 'unknown-mailbox'],
  handler:
    ({ source, redactor, renderList }) =>
    async ({ url }, reply, query) => {
      const list = await renderList(url, () => {
        const snapshot = source.snapshot();
        const render = async () => {
          const selection = readSelection(query);
          const mailboxes = selected(source, snapshot, selection);
          const problems = selectProblems(snapshot.problems, selection, mailboxes);
          const page = pageOf(problems, ({ id }) => id, '/api/v1/problems', query);
          return await renderedList('problems', page, problemView, redactor);
        };
        return { revision: snapshot.problems, render };
      });
      return sendList(reply, list);
    },
};

export const PROBLEM_ROUTES: readonly Route[] = [listProblems];
