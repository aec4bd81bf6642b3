/** `/api/v1/problems`: what is wrong now, once each, with whom it hits and how to mend it. */
import type { FastifyInstance } from 'fastify';
import { PAGING, pageOf } from '../http/paging.ts';
import { FILTERS, readQuery, readSelection } from '../http/query.ts';
import { selectProblems } from '../select.ts';
import { problemView } from '../resource/problem.ts';
import { type RouteContext, selected, sendList } from './route-context.ts';

export function addProblemRoutes(app: FastifyInstance, { source, redactor }: RouteContext): void {
  app.get('/api/v1/problems', async (request, reply) => {
    const parameters = readQuery(request.query, [...FILTERS, ...PAGING]);
    const selection = readSelection(parameters);
    const snapshot = source.snapshot();
    const mailboxes = selected(source, snapshot, selection);
    const problems = selectProblems(snapshot.problems, selection, mailboxes);
    const page = pageOf(problems, ({ id }) => id, '/api/v1/problems', parameters);
    return sendList(reply, 'problems', page, problemView, redactor);
  });
}
