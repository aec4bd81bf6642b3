/** `/explain`: the page that explains a pasted error. It has the same limits as `POST /api/v1/explain`. */
import { z } from 'zod';
import { FORM } from '../http/form.ts';
import { readBody } from '../http/json-body.ts';
import { ProblemError } from '../http/problem-details.ts';
import { explainPage } from '../page/explain-page.ts';
import { createHtmlTag } from '../page/html.ts';
import { BODY_LIMIT_BYTES, TOO_MUCH } from './explain-route.ts';
import { PAGE_ANSWER, sendHtml } from './page-answer.ts';
import type { Route } from './route.ts';

const fields = z.strictObject({ text: z.string() }).meta({ id: 'ExplainForm' });

const showBox: Route = {
  id: 'getExplainPage',
  method: 'GET',
  path: '/explain',
  tag: 'act',
  access: 'page',
  summary: 'The page with a box for a pasted error',
  answers: PAGE_ANSWER,
  handler:
    ({ redactor, banner }) =>
    (_, reply) =>
      sendHtml(reply, explainPage(createHtmlTag(redactor), { banner })),
};

const explainPasted: Route = {
  id: 'explainFromPage',
  method: 'POST',
  path: '/explain',
  tag: 'act',
  access: 'api',
  summary: 'A form of the page: what a pasted error means',
  body: { [FORM]: fields },
  answers: PAGE_ANSWER,
  problems: ['bad-body', 'too-large', 'unsupported-media-type', 'too-many-requests'],
  // The encoding of a form makes the text longer. The handler checks the length of the text itself.
  options: { bodyLimit: 2 * BODY_LIMIT_BYTES },
  handler:
    ({ source: { explain }, redactor, banner, explainLimit }) =>
    async ({ body }, reply) => {
      const { text } = readBody(fields, body ?? {});
      if (text.length > BODY_LIMIT_BYTES) throw new ProblemError('too-large', TOO_MUCH);
      explainLimit(text);
      const explanation = await explain(text);
      if (explanation === undefined) throw new ProblemError('too-large', TOO_MUCH);
      return sendHtml(reply, explainPage(createHtmlTag(redactor), { asked: { text, explanation }, banner }));
    },
};

export const EXPLAIN_PAGE_ROUTES: readonly Route[] = [showBox, explainPasted];
