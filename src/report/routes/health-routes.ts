/** `/health` for whoever depends on the mailboxes; `/livez` and `/readyz` for whoever keeps this process running. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { type Health, healthOf } from '../resource/health.ts';
import { ProblemError } from '../http/problem-details.ts';
import { FILTERS, readQuery, readSelection, readSwitch } from '../http/query.ts';
import { selectProblems, selectsAll } from '../select.ts';
import { jsonText } from '../resource/json.ts';
import { type RouteContext, selected } from './route-context.ts';

export function addHealthRoutes(app: FastifyInstance, context: RouteContext): void {
  const { source, redactor, admits } = context;
  const send = (reply: FastifyReply, health: Health) =>
    reply
      .code(health.status === 'fail' ? 503 : 200)
      .header('content-type', 'application/health+json')
      .send(jsonText(health, redactor));

  app.get('/health', async (request, reply) => {
    const parameters = readQuery(request.query, [...FILTERS, 'minimal']);
    const selection = readSelection(parameters);
    const snapshot = source.snapshot();
    const mailboxes = selected(source, snapshot, selection);
    if (mailboxes.length === 0 && !selectsAll(selection)) {
      throw new ProblemError(
        'nothing-selected',
        'No mailbox is selected by these filters, so nothing can be said of its health. Check labels and ids.',
      );
    }
    const problems = selectProblems(snapshot.problems, selection, mailboxes);
    const health = healthOf(mailboxes, problems, source.build.version);
    const minimal = readSwitch(parameters, 'minimal') || !admits(request, 'health');
    return send(reply, minimal ? { status: health.status } : health);
  });

  // Query parameters of these two are ignored: a probe must not restart a pod over a `?verbose`.
  app.get('/livez', async (_, reply) => send(reply, { status: 'pass' }));

  app.get('/readyz', async (_, reply) => {
    if (source.ready?.() ?? true) return send(reply, { status: 'pass' });
    return send(reply, {
      status: 'fail',
      output: 'Not ready: the scheduler is not running (starting or stopping).',
    });
  });
}
