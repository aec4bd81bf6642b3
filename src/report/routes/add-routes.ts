/**
 * Registers the routes with fastify, and answers unknown paths. The query that a handler gets holds only parameters of
 * its route.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FORM, readFields } from '../http/form.ts';
import type { Access } from '../http/guard.ts';
import { createTurns, type Turns } from '../turns.ts';
import { ProblemError } from '../http/problem-details.ts';
import { readQuery } from '../http/query.ts';
import type { RouteContext } from './route-context.ts';
import type { Route, RouteRequest } from './route.ts';
import { ROUTES } from './routes.ts';

const FORM_ROUTES: ReadonlySet<string> = new Set(
  ROUTES.filter(({ body = {} }) => FORM in body).map(({ method, path }) => `${method} ${path}`),
);

const ACCESS: ReadonlyMap<string, Access> = new Map(
  ROUTES.map(({ method, path, access }) => [`${method} ${path}`, access]),
);

/** Returns the access class of a request. An unknown path has the class of the API, which needs a token. */
export function accessTo({ method, routeOptions }: FastifyRequest): Access {
  return ACCESS.get(`${method === 'HEAD' ? 'GET' : method} ${routeOptions.url}`) ?? 'api';
}

/** Must be called after the guard is added. Otherwise a caller without a token could find out whether a path exists. */
export function addRoutes(app: FastifyInstance, context: RouteContext): void {
  const turns = createTurns();
  readForms(app);
  const served = ROUTES.filter((route) => addRoute(app, route, context, turns));
  // This hook runs before the body is read.
  app.addHook('onRequest', async (request) => {
    if (request.is404) throw notFound(served, request);
  });
}

/** Accepts forms only for the routes of pages, not for those of the API. */
function readForms(app: FastifyInstance): void {
  app.addContentTypeParser<string>(FORM, { parseAs: 'string' }, ({ method, routeOptions }, text, done) => {
    if (!FORM_ROUTES.has(`${method} ${routeOptions.url}`)) {
      const detail = 'Send text/plain or application/json, and name it in Content-Type.';
      return done(new ProblemError('unsupported-media-type', detail));
    }
    done(null, readFields(text));
  });
}

function addRoute(app: FastifyInstance, route: Route, context: RouteContext, turns: Turns): boolean {
  const { method, path, parameters = [], ignoresQuery = false, isUrgent = false, options } = route;
  const handler = route.handler(context);
  if (handler === undefined) return false;
  app.route({
    ...options,
    method,
    url: path,
    handler: async (request: RouteRequest, reply) => {
      const query = ignoresQuery ? new Map<string, string>() : readQuery(request.query, parameters);
      if (!isUrgent) await turns.take();
      return await handler(request, reply, query);
    },
  });
  return true;
}

/** Distinguishes 404 from 405 (RFC 9110, section 15.5.6), because fastify does not. */
function notFound(served: readonly Route[], { method, url }: FastifyRequest): ProblemError {
  const [pathname = ''] = url.split('?');
  const methods = served
    .filter(({ path }) => new URLPattern({ pathname: path }).test({ pathname }))
    .flatMap(methodsOf);
  if (methods.length === 0 || methods.includes(method)) {
    return new ProblemError('no-such-route', 'There is no such page. The overview is at /.');
  }
  const allow = methods.join(', ');
  const detail = `${method} is not possible here. Allowed: ${allow}.`;
  return new ProblemError('method-not-allowed', detail, { allow });
}

function methodsOf({ method, options }: Route): readonly string[] {
  return method === 'GET' && options?.exposeHeadRoute !== false ? ['GET', 'HEAD'] : [method];
}
