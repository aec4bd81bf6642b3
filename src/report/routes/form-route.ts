/**
 * The common part of the routes of forms. A form sends the fields of a schema, or consists of a single button. The
 * response redirects the browser to the page of the form.
 */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { FORM } from '../http/form.ts';
import { readBody } from '../http/json-body.ts';
import { idParameter } from '../http/parameters.ts';
import type { RouteContext } from './route-context.ts';
import type { Route } from './route.ts';

export interface Form extends Pick<Route, 'id' | 'summary' | 'problems'> {
  /** The path of the page without the id. */
  readonly page: '/mailboxes' | '/apps' | '/incidents';
  /** The end of the route's path, after the id: `probe`, `maintenance/end`. */
  readonly action: string;
  readonly of: 'mailbox' | 'app' | 'incident';
}

export type Act<T> = (context: RouteContext, id: string, given: T, reply: FastifyReply) => Promise<unknown>;

/** The schema of a form that is only a button. */
const noFields = z.strictObject({}).meta({ id: 'ButtonForm' });

export function buttonRoute(form: Form, act: Act<undefined>): Route {
  return route(form, noFields, () => undefined, act);
}

export function formRoute<S extends z.ZodType>(fields: S, form: Form, act: Act<z.output<S>>): Route {
  return route(form, fields, (body) => readBody(fields, body ?? {}), act);
}

function route<T>(form: Form, fields: z.ZodType, read: (body: unknown) => T, act: Act<T>): Route {
  const { id, summary, problems = [], page, action, of } = form;
  return {
    id,
    method: 'POST',
    path: `${page}/:id/${action}`,
    tag: 'act',
    access: 'act',
    summary: `A form of the page: ${summary}`,
    parameters: [idParameter(`Id of the ${of}.`)],
    body: { [FORM]: fields },
    answers: { 303: { description: 'Done: back to the page.', content: {} } },
    problems: ['no-tokens', 'unsupported-media-type', 'store-unavailable', ...problems],
    handler: (context) => async (request, reply) => {
      await act(context, request.params.id, read(request.body), reply);
      // The browser then requests the page with GET (RFC 9110, section 15.4.4). So if the reader reloads the page, the
      // form is not sent again.
      return reply
        .code(303)
        .header('location', `${page}/${encodeURIComponent(request.params.id)}`)
        .send();
    },
  };
}
