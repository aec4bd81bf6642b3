/** `POST /api/v1/explain`: explains a pasted error. The body is plain text or `{"text":"..."}`. */
import { ProblemError } from '../http/problem-details.ts';
import { explainRequestSchema, explainResponseSchema, explanationView } from '../resource/explanation.ts';
import { sendJson } from './route-context.ts';
import type { Route } from './route.ts';

/** The command `explain` has the same limit. */
export const BODY_LIMIT_BYTES = 10 * 1024 * 1024;
export const TOO_MUCH =
  'This text takes more time or memory to read than this process has. Send the part around the error.';

const explainText: Route = {
  id: 'explain',
  method: 'POST',
  path: '/api/v1/explain',
  tag: 'act',
  access: 'api',
  summary: 'What a pasted error means',
  body: { 'application/json': explainRequestSchema, 'text/plain': 'text' },
  answers: {
    200: {
      description: 'The likeliest first; empty where nothing was recognized.',
      content: { 'application/json': explainResponseSchema },
    },
  },
  problems: ['nothing-to-explain', 'too-large', 'unsupported-media-type', 'too-many-requests'],
  options: { bodyLimit: BODY_LIMIT_BYTES },
  handler: ({ source: { explain }, redactor, explainLimit }) => {
    return async ({ body }, reply) => {
      const text = textOf(body);
      explainLimit(text);
      const explanation = await explain(text);
      if (explanation === undefined) throw new ProblemError('too-large', TOO_MUCH);
      return sendJson(reply, explanationView(explanation), redactor);
    };
  },
};

export const EXPLAIN_ROUTES: readonly Route[] = [explainText];

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
