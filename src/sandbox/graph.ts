/**
 * Microsoft Graph's front end (v1.0), limited to reading a registration: access check, resources, pages, and the faults
 * of the host. `graph-resource.ts` builds the resources.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { TokenIssuer } from './access-token.ts';
import { MICROSOFT_GRAPH, resourceOf, serverNow } from './directory.ts';
import { type Entity, findResource, type Found } from './graph-resource.ts';
import type { HttpAnswer, HttpHandler, HttpRequest } from './http-front.ts';
import type { GraphFault } from './fault.ts';
import type { Tenant } from './tenant.ts';

export interface GraphOptions {
  readonly tenant: () => Tenant;
  readonly issuer: TokenIssuer;
  /** `https://host:port`, for the links to next pages. */
  readonly endpoint: () => string;
  readonly onRequest: () => void;
}

export function createGraph(options: GraphOptions): HttpHandler {
  return async (request) => {
    options.onRequest();
    const tenant = options.tenant();
    const fault = tenant.faults.graph;
    if (fault.kind === 'silent') return 'silent';
    if (fault.kind === 'slow') {
      await delay(fault.delayMs ?? 5000, undefined, { signal: request.signal }).catch(() => undefined);
    }
    const broken = brokenHost(fault, tenant);
    if (broken !== undefined) return broken;
    return await answer(options, request, tenant);
  };
}

async function answer(options: GraphOptions, request: HttpRequest, tenant: Tenant): Promise<HttpAnswer> {
  const refused = (status: number, code: string, message: string): HttpAnswer =>
    graphError(status, code, message, tenant);
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer === undefined) return refused(401, 'InvalidAuthenticationToken', 'Access token is empty.');
  const token = await options.issuer.verify(bearer, tenant, serverNow(tenant));
  if (token === undefined) {
    return refused(401, 'InvalidAuthenticationToken', 'Access token validation failure.');
  }
  if (resourceOf(tenant, token.audience) !== MICROSOFT_GRAPH) {
    return refused(401, 'InvalidAuthenticationToken', 'Access token validation failure. Invalid audience.');
  }
  if (request.method !== 'GET') {
    return refused(403, 'Authorization_RequestDenied', 'The simulated tenant is read-only through Graph.');
  }
  const found = findResource(tenant, request.path, request.query);
  if (found.kind === 'unknown-path') {
    return refused(400, 'BadRequest', `Resource not found for the segment '${request.path}' (simulated).`);
  }
  if (!found.allowedBy.some((role) => token.roles.includes(role))) {
    return refused(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
  }
  if (found.kind === 'missing') {
    return refused(
      404,
      'Request_ResourceNotFound',
      `Resource '${found.name}' does not exist or one of its queried reference-property objects are not present.`,
    );
  }
  return {
    status: 200,
    headers: { 'request-id': randomUUID() },
    body: bodyOf(options, request, tenant, found),
  };
}

function bodyOf(
  options: GraphOptions,
  request: HttpRequest,
  tenant: Tenant,
  found: Extract<Found, { kind: 'entity' | 'collection' }>,
): unknown {
  const context = `${options.endpoint()}/v1.0/$metadata#${found.context}`;
  const select = request.query.get('$select')?.split(',') ?? [];
  if (found.kind === 'entity') return { '@odata.context': context, ...project(found.entity, select) };
  const start = Number(request.query.get('$skiptoken') ?? '0') || 0;
  const size = Number(request.query.get('$top') ?? '0') || tenant.pageSize;
  const endless = tenant.faults.graph.kind === 'endless-pages';
  const next = start + size;
  const link = new URLSearchParams(request.query);
  link.set('$skiptoken', String(next));
  return {
    '@odata.context': context,
    ...(endless || next < found.entities.length
      ? { '@odata.nextLink': `${options.endpoint()}${encodeURI(request.path)}?${link.toString()}` }
      : {}),
    value: found.entities.slice(start, next).map((entity) => project(entity, select)),
  };
}

function project(entity: Entity, select: readonly string[]): Entity {
  if (select.length === 0) return entity;
  return Object.fromEntries(Object.entries(entity).filter(([name]) => select.includes(name)));
}

function brokenHost(fault: GraphFault, tenant: Tenant): HttpAnswer | undefined {
  if (fault.kind === 'forbidden') {
    return graphError(
      403,
      'Authorization_RequestDenied',
      'Insufficient privileges to complete the operation.',
      tenant,
    );
  }
  if (fault.kind === 'throttled') {
    const refused = graphError(429, 'TooManyRequests', 'Too many requests. Please retry later.', tenant);
    return { ...refused, headers: { 'retry-after': String(fault.retryAfterSeconds ?? 30) } };
  }
  if (fault.kind === 'unavailable') {
    return graphError(fault.status ?? 503, 'serviceNotAvailable', 'The service is unavailable.', tenant);
  }
  return fault.kind === 'nonsense'
    ? { status: 200, body: { value: [{ odd: true }, 7], simulated: true } }
    : undefined;
}

function graphError(status: number, code: string, message: string, tenant: Tenant): HttpAnswer {
  const requestId = randomUUID();
  const date = new Date(serverNow(tenant)).toISOString().replace(/\.\d+Z$/, '');
  return {
    status,
    headers: { 'request-id': requestId },
    body: {
      error: {
        code,
        message,
        innerError: { date, 'request-id': requestId, 'client-request-id': requestId },
      },
    },
  };
}
