/** `/openapi.json`: the contract, for client generators. Made at the first request, then kept. */
import type { FastifyInstance } from 'fastify';
import { sendConditional } from '../http/conditional.ts';
import { readQuery } from '../http/query.ts';
import { openapiDocument } from '../openapi/document.ts';
import type { RouteContext } from './route-context.ts';

export function addOpenapiRoute(app: FastifyInstance, { source }: RouteContext): void {
  let text: string | undefined;
  app.get('/openapi.json', async (request, reply) => {
    readQuery(request.query, []);
    text ??= JSON.stringify(openapiDocument(source.build.version), undefined, 2);
    return sendConditional(reply, 'application/json; charset=utf-8', text);
  });
}
