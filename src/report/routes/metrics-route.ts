/** `/metrics`, for Prometheus. */
import { Readable } from 'node:stream';
import type { Route } from './route.ts';

const getMetrics: Route = {
  id: 'getMetrics',
  method: 'GET',
  path: '/metrics',
  tag: 'metrics',
  access: 'metrics',
  summary: 'Everything, for Prometheus',
  answers: {
    200: {
      description: 'By the Accept header.',
      content: { 'text/plain': 'text', 'application/openmetrics-text': 'text' },
    },
  },
  handler:
    ({ metrics, logger }) =>
    async (request, reply) => {
      const { accept, 'accept-encoding': acceptEncoding } = request.headers;
      const { headers, chunks } = metrics.stream(accept, acceptEncoding?.toString());
      // The text is rendered while it is read. With this limit, one piece waits in memory for a slow reader, and not
      // sixteen.
      const stream = Readable.from(chunks, { highWaterMark: 1 });
      // After the first byte, no error can be sent to the client. So the response is cut off, and the log gives the
      // reason.
      stream.on('error', (error) => {
        if (!reply.raw.headersSent) return;
        logger?.error({ event: 'http_error', route: '/metrics', err: error }, 'a scrape broke off');
      });
      return reply.headers(headers).send(stream);
    },
};

export const METRICS_ROUTES: readonly Route[] = [getMetrics];
