/** `POST /api/v1/explain`: what a pasted error means. Text as it is, or `{"text":"..."}`. */
import type { FastifyInstance } from 'fastify';
import { ProblemError } from '../http/problem-details.ts';
import { readQuery } from '../http/query.ts';
import { createRateLimit, tooMany } from '../http/rate-limit.ts';
import { explainRequestSchema } from '../resource/explanation.ts';
import { diagnosisView } from '../resource/diagnosis.ts';
import { type RouteContext, sendJson } from './route-context.ts';

/** What the command takes too. It is read in another thread, one text at a time. */
const BODY_LIMIT_BYTES = 10 * 1024 * 1024;
const UNIT_BYTES = 1024;
const UNITS = { burst: 20_480, perSecond: 1024 };

export function addExplainRoute(app: FastifyInstance, { source, redactor }: RouteContext): void {
  const { explain } = source;
  if (explain === undefined) return;
  const limit = createRateLimit(UNITS.burst, UNITS.perSecond);
  app.post('/api/v1/explain', { bodyLimit: BODY_LIMIT_BYTES }, async (request, reply) => {
    readQuery(request.query, []);
    const text = textOf(request.body);
    const wait = limit.take(Math.ceil(text.length / UNIT_BYTES));
    if (wait > 0) throw tooMany('More text came to be explained than this process has time for.', wait);
    const diagnoses = await explain(text);
    return sendJson(reply, { diagnoses: diagnoses.map(diagnosisView) }, redactor);
  });
}

function textOf(body: unknown): string {
  const text = typeof body === 'string' ? body : explainRequestSchema.safeParse(body).data?.text;
  if (text === undefined || text.trim() === '') {
    throw new ProblemError(
      'nothing-to-explain',
      'Expected the text of an error: as text/plain, or as application/json {"text":"..."}.',
    );
  }
  return text;
}
