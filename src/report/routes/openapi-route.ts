/** `/openapi.json`: the OpenAPI document. It is built at the first request, and then cached. */
import { sendConditional } from '../http/conditional.ts';
import type { Route } from './route.ts';

const getOpenapi: Route = {
  id: 'getOpenapi',
  method: 'GET',
  path: '/openapi.json',
  tag: 'service',
  access: 'api',
  summary: 'This document',
  conditional: true,
  answers: { 200: { description: 'OpenAPI 3.1.', content: { 'application/json': 'object' } } },
  handler: ({ document }) => {
    let text: string | undefined;
    return async (_, reply) => {
      text ??= JSON.stringify(document());
      return sendConditional(reply, 'application/json; charset=utf-8', text);
    };
  },
};

export const OPENAPI_ROUTES: readonly Route[] = [getOpenapi];
