/**
 * `/api/v1/events`: server-sent events until the client disconnects. A client that does not read is disconnected. It
 * may reconnect with the id of the last event that it received.
 */
import type { ServerResponse } from 'node:http';
import type { Event } from '../events.ts';
import { openStream, send } from '../http/event-stream.ts';
import { ProblemError } from '../http/problem-details.ts';
import { incidentEventSchema, problemEventSchema, statusEventSchema } from '../resource/event.ts';
import type { Handler, Route, RouteRequest } from './route.ts';
import type { RouteContext } from './route-context.ts';

const MOST_STREAMS = 50;
/** Shorter than the idle timeouts of the server and of common proxies. */
const HEARTBEAT_MS = 15_000;
const RETRY_MS = 5_000;

const listenToEvents: Route = {
  id: 'listenToEvents',
  method: 'GET',
  path: '/api/v1/events',
  tag: 'state',
  access: 'api',
  summary: 'Changes as server-sent events',
  description:
    'The events `status` (data: StatusEvent), `problem_opened` and `problem_closed` (data: ProblemEvent), `incident_opened`, `incident_reopened`, `incident_grew`, `incident_changed` and `incident_closed` (data: IncidentEvent), and `reset`: missed events are no longer known, so read the lists again.',
  parameters: [
    {
      name: 'Last-Event-ID',
      in: 'header',
      description: 'The id of the last event received. The events after it are sent first.',
      schema: { type: 'string' },
    },
  ],
  answers: { 200: { description: 'Until either side ends it.', content: { 'text/event-stream': 'text' } } },
  problems: ['too-many-streams'],
  mentions: [statusEventSchema, problemEventSchema, incidentEventSchema],
  options: { exposeHeadRoute: false },
  handler: streamEvents,
};

export const EVENT_ROUTES: readonly Route[] = [listenToEvents];

function streamEvents({ events, admits, beforeClose }: RouteContext): Handler | undefined {
  if (events === undefined) return undefined;
  const streams = new Map<ServerResponse, RouteRequest>();
  let heartbeat: NodeJS.Timeout | undefined;

  /** Sends a comment on every stream, so that no stream is idle. Ends the streams whose token was revoked. */
  const beat = (): void => {
    for (const [stream, request] of streams) {
      if (admits(request, 'api')) send(stream, ':\n\n');
      else stream.end();
    }
  };

  beforeClose(() => {
    clearInterval(heartbeat);
    for (const stream of streams.keys()) stream.end();
  });

  return (request, reply) => {
    if (streams.size >= MOST_STREAMS) {
      const detail = `${MOST_STREAMS} clients are connected already. Close one, or poll /api/v1/problems.`;
      throw new ProblemError('too-many-streams', detail, { 'retry-after': '60' });
    }
    const stream = openStream(reply);
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
    return undefined;
  };
}

/** The data is JSON on one line, so it cannot begin another field of the event. */
function written({ id, name, data }: Event): string {
  return `id: ${id}\nevent: ${name}\ndata: ${data}\n\n`;
}
