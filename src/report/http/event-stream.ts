/**
 * A response of server-sent events: opens it, and writes to it. A client that does not read is disconnected. Used by
 * `/api/v1/events` and by `/stream`.
 */
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';

/** The most bytes that wait for one client. */
const MOST_WAITING_BYTES = 1024 * 1024;

export function send(stream: ServerResponse, text: string): void {
  stream.write(text);
  const waiting = stream.writableLength + (stream.socket?.writableLength ?? 0);
  if (waiting > MOST_WAITING_BYTES) stream.destroy();
}

export function openStream(reply: FastifyReply): ServerResponse {
  reply.hijack();
  const { raw } = reply;
  // A client that disconnects is not an error.
  raw.on('error', () => undefined);
  // `slow-readers.ts` reads this header, so `setHeader` sets it: a header that is passed to `writeHead` cannot be read.
  raw.setHeader('content-type', 'text/event-stream');
  raw.writeHead(200, {
    ...headersOf(reply),
    // With this header, nginx does not buffer the events.
    'x-accel-buffering': 'no',
  });
  raw.flushHeaders();
  return raw;
}

/** Returns the headers that earlier hooks have set. */
function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(
    Object.entries(reply.getHeaders()).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  );
}
