/**
 * Creates the HTTP server with its routes, access control and error handling. The daemon makes the server listen, and
 * closes it.
 */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from './log.ts';
import type { Redactor } from '../model/redactor.ts';
import type { Events } from './events.ts';
import { createAcceptors } from './http/acceptors.ts';
import { addGuard, type Protection } from './http/guard.ts';
import { createExplainLimit } from './http/explain-limit.ts';
import { createProbeLimit } from './http/probe-limit.ts';
import { type ProblemError, problemOf, sendProblem } from './http/problem-details.ts';
import { createNodeServer, MOST_CONNECTIONS, type TlsIdentity } from './http/node-server.ts';
import { refuseRaw } from './http/refuse-raw.ts';
import { createSharedLists } from './http/shared-lists.ts';
import type { Metrics } from './metrics.ts';
import { openapiDocument } from './openapi/document.ts';
import { errorPage } from './page/error-page.ts';
import { createRevision } from './page/revision.ts';
import { PAGE_CSP } from './page/style.ts';
import { accessTo, addRoutes } from './routes/add-routes.ts';
import { ROUTES } from './routes/routes.ts';
import type { ReportSource } from './source.ts';

export interface HttpOptions {
  readonly metrics: Metrics;
  readonly redactor: Redactor;
  readonly logger?: Logger;
  /**
   * Called at each request, so that a reload of the configuration applies at once. If absent, every caller may use
   * every route.
   */
  readonly protection?: () => Protection;
  /** If present, the server uses TLS. `renewCertificate` replaces the certificate without a restart. */
  readonly tls?: TlsIdentity | undefined;
  /** The most connections at once. 1,000 if absent. */
  readonly mostConnections?: number;
  /** If absent, the route `/api/v1/events` does not exist. */
  readonly events?: Events;
  /** A text at the top of each page. The demo uses it to say that its data is simulated. */
  readonly banner?: string;
}

const BODY_LIMIT_BYTES = 1024 * 1024;
/** The longest segment of a path, in characters. An id may be that long. */
const LONGEST_PARAMETER = 512;

const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': PAGE_CSP,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // With `no-referrer`, a browser would send the forms of mailprobe's pages with `Origin: null`.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export async function createHttpServer(source: ReportSource, options: HttpOptions): Promise<FastifyInstance> {
  const { logger } = options;
  const app = Fastify({
    logger: false,
    trustProxy: false,
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    serverFactory: (listener) => createNodeServer(listener, options),
    // Otherwise a slow client would delay the end of the process.
    forceCloseConnections: true,
    clientErrorHandler: refuseRaw,
    frameworkErrors: (error, request, reply) => {
      void refuse(request, reply.headers(SECURITY_HEADERS), problemOf(error), options.redactor);
    },
  });

  app.addHook('onRequest', async (_, reply) => {
    reply.headers(SECURITY_HEADERS);
  });
  app.addHook('onResponse', async ({ method, routeOptions }, { statusCode, elapsedTime }) => {
    const fields = { event: 'http_request', method, route: routeOptions.url, status: statusCode };
    logger?.debug({ ...fields, seconds: elapsedTime / 1000 }, `${method} ${routeOptions.url} ${statusCode}`);
  });
  app.setErrorHandler((error, request, reply) => {
    const { method, routeOptions } = request;
    const problem = problemOf(error);
    if (problem.details.type.endsWith(':internal-error')) {
      logger?.error({ event: 'http_error', method, route: routeOptions.url, err: error }, 'a route failed');
    }
    return refuse(request, reply, problem, options.redactor);
  });

  const acceptors = createAcceptors(app.server, options.mostConnections ?? MOST_CONNECTIONS);
  app.addHook('onListen', acceptors.open);
  app.addHook('preClose', async () => acceptors.close());

  const guard = addGuard(app, options.protection ?? (() => ({ open: [] })), accessTo);
  addRoutes(app, {
    source,
    metrics: options.metrics,
    redactor: options.redactor,
    banner: options.banner,
    admits: guard.admits,
    mayAct: guard.mayAct,
    probeLimit: createProbeLimit(),
    explainLimit: createExplainLimit(),
    renderList: createSharedLists(),
    events: options.events,
    revision: createRevision(source),
    logger,
    document: () => openapiDocument(ROUTES, source.build.version),
    beforeClose: (end) => app.addHook('preClose', async () => end()),
  });
  await app.ready();
  return app;
}

/**
 * Sends an error page to a browser that follows a link. Sends problem details to programs, and for all paths below
 * `/api`.
 */
function refuse(
  { headers, url }: Pick<FastifyRequest, 'headers' | 'url'>,
  reply: FastifyReply,
  problem: ProblemError,
  redactor: Redactor,
): FastifyReply {
  if (url.startsWith('/api/') || headers.accept?.includes('text/html') !== true) {
    return sendProblem(reply, problem, redactor);
  }
  return reply
    .code(problem.details.status)
    .headers(problem.headers)
    .header('content-type', 'text/html; charset=utf-8')
    .send(errorPage(problem.details, redactor));
}
