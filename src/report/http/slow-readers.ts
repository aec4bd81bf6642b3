/**
 * Disconnects clients that do not read their responses, because each unread response stays in memory. An idle timeout
 * is not enough, because a client may read a byte from time to time. Event streams have no end, so the deadline does
 * not apply to them.
 */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ReaderLimits {
  /** The longest time from the first byte of a response to the last. */
  readonly deadlineMs: number;
  /** The most unread bytes of all responses together. If there are more, the oldest responses are cut off first. */
  readonly mostUnreadBytes: number;
  /** The most unanswered requests on one connection. */
  readonly mostPipelined: number;
  /** How often the deadline and the unread bytes are checked. */
  readonly checkMs: number;
}

export function cutSlowReaders(server: Server, limits: ReaderLimits): void {
  /** When a check first saw the response. Undefined until the headers of the response are sent. */
  const underWay = new Map<ServerResponse, number | undefined>();
  const pipelined = new WeakMap<Socket, number>();
  let timer: NodeJS.Timeout | undefined;

  const check = (): void => {
    cutLate(underWay, limits.deadlineMs);
    cutUnread(underWay, limits.mostUnreadBytes);
  };

  server.on('request', ({ socket }, response) => {
    underWay.set(response, undefined);
    const open = (pipelined.get(socket) ?? 0) + 1;
    pipelined.set(socket, open);
    if (open > limits.mostPipelined) socket.destroy();
    timer ??= setInterval(check, limits.checkMs).unref();
    response.once('close', () => {
      underWay.delete(response);
      pipelined.set(socket, (pipelined.get(socket) ?? 1) - 1);
      if (underWay.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    });
  });
}

function cutLate(underWay: Map<ServerResponse, number | undefined>, deadlineMs: number): void {
  const now = performance.now();
  for (const [response, since] of underWay) {
    if (!response.headersSent || isEventStream(response)) continue;
    if (since === undefined) underWay.set(response, now);
    else if (now - since >= deadlineMs) response.destroy();
  }
}

function cutUnread(underWay: ReadonlyMap<ServerResponse, unknown>, mostBytes: number): void {
  let unread = 0;
  for (const response of underWay.keys()) unread += response.writableLength;
  for (const response of underWay.keys()) {
    if (unread <= mostBytes) return;
    if (response.writableLength === 0) continue;
    unread -= response.writableLength;
    response.destroy();
  }
}

function isEventStream(response: ServerResponse): boolean {
  return response.getHeader('content-type') === 'text/event-stream';
}
