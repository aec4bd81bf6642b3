/**
 * Cuts off clients that read a response too slowly: each keeps its text in memory, and an idle timeout is no limit for
 * one that takes a byte now and then. Streams of events have no end and are left alone. Used by `node-server.ts`.
 */
import type { Server, ServerResponse } from 'node:http';

export interface ReaderLimits {
  /** From the first byte of the response to its last. */
  readonly deadlineMs: number;
  /** How often that is checked. */
  readonly checkMs: number;
}

export function cutSlowReaders(server: Server, { deadlineMs, checkMs }: ReaderLimits): void {
  /** When each response was first seen to be under way; undefined until its first byte. */
  const underWay = new Map<ServerResponse, number | undefined>();
  let timer: NodeJS.Timeout | undefined;

  const check = (): void => {
    const now = performance.now();
    for (const [response, since] of underWay) {
      if (!response.headersSent || isEventStream(response)) continue;
      if (since === undefined) underWay.set(response, now);
      else if (now - since >= deadlineMs) response.destroy();
    }
  };

  server.on('request', (_, response) => {
    underWay.set(response, undefined);
    timer ??= setInterval(check, checkMs).unref();
    response.once('close', () => {
      underWay.delete(response);
      if (underWay.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    });
  });
}

function isEventStream(response: ServerResponse): boolean {
  return response.getHeader('content-type') === 'text/event-stream';
}
