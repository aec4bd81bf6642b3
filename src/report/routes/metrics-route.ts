/** `/metrics`, for Prometheus. */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { readQuery } from '../http/query.ts';
import type { RouteContext } from './route-context.ts';

export function addMetricsRoute(app: FastifyInstance, { metrics, logger }: RouteContext): void {
  app.get('/metrics', async (request, reply) => {
    readQuery(request.query, []);
    const { contentType, chunks } = metrics.stream(request.headers.accept);
    const stream = Readable.from(chunks);
    // After the first byte no error can be answered any more: the scrape breaks off, and the log says why.
    stream.on('error', (error) => {
      if (!reply.raw.headersSent) return;
      logger?.error({ event: 'http_error', route: '/metrics', err: error }, 'a scrape broke off');
    });
    return reply.headers({ 'content-type': contentType, vary: 'Accept' }).send(stream);
  });
}
