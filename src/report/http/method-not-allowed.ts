/**
 * Tells "no such route" from "not with this method" (RFC 9110, section 15.5.6), which fastify does not: every route
 * gets a twin that refuses all other methods and says which are allowed.
 */
import type { FastifyInstance } from 'fastify';
import { ProblemError } from './problem-details.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const;

/** Call before the routes; the function that is returned, after them. */
export function collectMethods(app: FastifyInstance): () => void {
  const methodsByUrl = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsByUrl.get(url) ?? new Set();
    for (const name of [method].flat()) methods.add(name);
    methodsByUrl.set(url, methods);
  });

  return () => {
    // A copy: the twins are routes too.
    const routes = Array.from(methodsByUrl, ([url, methods]) => ({ url, methods: new Set(methods) }));
    for (const { url, methods } of routes) {
      const allowed = METHODS.filter((method) => methods.has(method)).join(', ');
      app.route({
        url,
        method: METHODS.filter((method) => !methods.has(method)),
        exposeHeadRoute: false,
        // Before the body is read: what it holds does not matter.
        onRequest: (request, _, done) => {
          const detail = `${request.method} is not possible here. Allowed: ${allowed}.`;
          done(new ProblemError('method-not-allowed', detail, { allow: allowed }));
        },
        handler: () => undefined,
      });
    }
  };
}
