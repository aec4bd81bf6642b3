/**
 * `/api/v1/events`: news as server-sent events, for as long as the client listens. A client that does not read is cut
 * off: it comes back with the id of the last event that it has seen.
 */
import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Event } from '../events.ts';
import { ProblemError } from '../http/problem-details.ts';
import { readQuery } from '../http/query.ts';
import type { RouteContext } from './route-context.ts';

const MOST_STREAMS = 50;
/** What may wait in this process for one client. */
const MOST_WAITING_BYTES = 1024 * 1024;
/** Below the idle timeout of the server and of common proxies. */
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 5_000;

export function addEventsRoute(app: FastifyInstance, { events, admits }: RouteContext): void {
  if (events === undefined) return;
  const streams = new Map<ServerResponse, FastifyRequest>();
  let heartbeat: NodeJS.Timeout | undefined;

  const send = (stream: ServerResponse, text: string): void => {
    stream.write(text);
    const waiting = stream.writableLength + (stream.socket?.writableLength ?? 0);
    if (waiting > MOST_WAITING_BYTES) stream.destroy();
  };

  /** A token that was taken away ends what was begun with it. */
  const beat = (): void => {
    for (const [stream, request] of streams) {
      if (admits(request, 'api')) send(stream, ':\n\n');
      else stream.end();
    }
  };

  app.addHook('preClose', async () => {
    clearInterval(heartbeat);
    for (const stream of streams.keys()) stream.end();
  });

  app.get('/api/v1/events', { exposeHeadRoute: false }, (request, reply) => {
    readQuery(request.query, []);
    if (streams.size >= MOST_STREAMS) {
      const detail = `${MOST_STREAMS} clients listen already. Close one, or ask /api/v1/problems now and then.`;
      throw new ProblemError('too-many-streams', detail, { 'retry-after': '60' });
    }
    const stream = begin(reply);
    streams.set(stream, request);
    heartbeat ??= setInterval(beat, HEARTBEAT_MS).unref();

    const lastEventId = request.headers['last-event-id'];
    send(stream, `retry: ${RETRY_MS}\n\n`);
    const stop = events.listen(typeof lastEventId === 'string' ? lastEventId : undefined, (event) =>
      send(stream, written(event)),
    );
    stream.on('close', () => {
      stop();
      streams.delete(stream);
      if (streams.size > 0) return;
      clearInterval(heartbeat);
      heartbeat = undefined;
    });
  });
}

function begin(reply: FastifyReply): ServerResponse {
  reply.hijack();
  const { raw } = reply;
  // A client that went away is no error of ours.
  raw.on('error', () => undefined);
  raw.writeHead(200, {
    ...headersOf(reply),
    'content-type': 'text/event-stream',
    // nginx would keep events back to fill its buffer.
    'x-accel-buffering': 'no',
  });
  raw.flushHeaders();
  return raw;
}

/** What the hooks before the route have set. */
function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(
    Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  );
}

/** The data is JSON in one line: no line of it can be taken for a field. */
function written({ id, name, data }: Event): string {
  return `id: ${id}\nevent: ${name}\ndata: ${data}\n\n`;
}
