/** `/`: the status page. */
import type { FastifyInstance } from 'fastify';
import { FILTERS, readQuery, readSelection } from '../http/query.ts';
import { statusPage } from '../page/status-page.ts';
import { selectProblems, selectsAll } from '../select.ts';
import { type RouteContext, selected } from './route-context.ts';

export function addPageRoute(app: FastifyInstance, { source, redactor, banner }: RouteContext): void {
  app.get('/', async (request, reply) => {
    const selection = readSelection(readQuery(request.query, [...FILTERS, 'up']));
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
  });
}
