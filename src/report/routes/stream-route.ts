/**
 * `/stream`: tells open pages at most once a second that their data changed. Each page then requests itself again, with
 * its own filter. `/stream` has the access class of the pages, which `/api/v1/events` does not have.
 */
import type { ServerResponse } from 'node:http';
import { openStream, send } from '../http/event-stream.ts';
import { ProblemError } from '../http/problem-details.ts';
import type { Revision } from '../page/revision.ts';
import type { Handler, Route, RouteRequest } from './route.ts';
import type { RouteContext } from './route-context.ts';

/** A browser uses one stream for all its tabs. */
const MOST_STREAMS = 100;
const TICK_MS = 1_000;
/**
 * After this many ticks without a change, the revision is sent again to show that the connection works. A page begins
 * to poll if it receives nothing for twice as long.
 */
const SILENT_TICKS = 5;
const RETRY_MS = 3_000;

const streamRevisions: Route = {
  id: 'streamRevisions',
  method: 'GET',
  path: '/stream',
  tag: 'service',
  access: 'page',
  summary: 'For the pages: notifies them of changes',
  description:
    'Server-sent events; each holds the present revisions. At most one a second, at least one in five.',
  answers: { 200: { description: 'Until either side ends it.', content: { 'text/event-stream': 'text' } } },
  problems: ['too-many-streams'],
  options: { exposeHeadRoute: false },
  handler: stream,
};

export const STREAM_ROUTES: readonly Route[] = [streamRevisions];

function stream({ revision, admits, beforeClose }: RouteContext): Handler {
  const streams = new Map<ServerResponse, RouteRequest>();
  let timer: NodeJS.Timeout | undefined;
  let sent: Revision | undefined;
  let ticks = 0;

  const write = (now: Revision): string => `data: ${JSON.stringify(now)}\n\n`;
  const tick = (): void => {
    const now = revision();
    ticks += 1;
    const isNews = now.state !== sent?.state || now.probes !== sent.probes;
    if (!isNews && ticks < SILENT_TICKS) return;
    ticks = 0;
    sent = now;
    for (const [one, request] of streams) {
      // The token of the stream may have been revoked.
      if (admits(request, 'page')) send(one, write(now));
      else one.end();
    }
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  beforeClose(() => {
    stop();
    for (const one of streams.keys()) one.end();
  });

  return (request, reply) => {
    if (streams.size >= MOST_STREAMS) {
      const detail = `${MOST_STREAMS} browsers are connected already. Other pages update themselves less often.`;
      throw new ProblemError('too-many-streams', detail, { 'retry-after': '60' });
    }
    const opened = openStream(reply);
    streams.set(opened, request);
    timer ??= setInterval(tick, TICK_MS).unref();
    send(opened, `retry: ${RETRY_MS}\n${write(revision())}`);
    opened.on('close', () => {
      streams.delete(opened);
      if (streams.size === 0) stop();
    });
    return undefined;
  };
}
