/**
 * Cuts off clients that do not read their responses. Each unread response stays in memory, and an idle timeout does not
 * stop a client that reads a byte now and then. Event streams have no end, so the deadline does not apply to them. Used
 * by `node-server.ts`.
 */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ReaderLimits {
  /** The longest time from the first byte of a response to its last. */
  readonly deadlineMs: number;
  /** The most unread bytes of all responses together. Those that began first are cut off first. */
  readonly mostUnreadBytes: number;
  /** The most requests of one connection that are not answered yet. */
  readonly mostPipelined: number;
  /** How often deadline and bytes are checked. */
  readonly checkMs: number;
}

export function cutSlowReaders(server: Server, limits: ReaderLimits): void {
  /** When a check first saw that a response is under way. Undefined until its headers are sent. */
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
