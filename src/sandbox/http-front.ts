/**
 * HTTP for the sandbox's front ends: bounded requests, and responses that are marked as simulated and dated by the
 * tenant's clock. `entra.ts`, `graph.ts` and `control.ts` supply the responses, `listener.ts` the sockets.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';

/** Sent with every HTTP response of a sandbox. */
export const SIMULATED_HEADER = 'x-mailprobe-sandbox';

const LARGEST_BODY = 256 * 1024;

export interface HttpRequest {
  readonly method: string;
  /** Decoded path, without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON. */
  readonly body: unknown;
}

/** `silent`: the request is accepted and never answered. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpAnswer | 'silent'>;

export interface HttpFront {
  readonly serve: (socket: Duplex) => void;
  readonly close: () => void;
}

/** `now`: returns the time of the `Date` header, in epoch milliseconds. */
export function createHttpFront(handle: HttpHandler, now: () => number): HttpFront {
  const server: Server = createServer({ requestTimeout: 60_000 }, (incoming, response) => {
    answer(handle, now, incoming, response).catch(() => response.destroy());
  });
  return {
    serve: (socket) => {
      server.emit('connection', socket);
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(
  handle: HttpHandler,
  now: () => number,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const ended = new AbortController();
  response.on('close', () => {
    ended.abort();
  });
  const body = await bodyOf(incoming);
  const [rawPath = '/', ...rest] = (incoming.url ?? '/').split('?');
  const result = await handle({
    method: incoming.method ?? 'GET',
    path: decodePath(rawPath),
    query: new URLSearchParams(rest.join('?')),
    headers: incoming.headers,
    body,
    signal: ended.signal,
  });
  if (result !== 'silent') send(response, result, now());
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > LARGEST_BODY) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, answer: HttpAnswer, now: number): void {
  if (response.destroyed) return;
  const text = typeof answer.body === 'string' ? answer.body : `${JSON.stringify(answer.body)}\n`;
  response.writeHead(answer.status, {
    'content-type':
      typeof answer.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    'cache-control': 'no-store, no-cache',
    date: new Date(now).toUTCString(),
    ...answer.headers,
    'content-length': Buffer.byteLength(text),
    [SIMULATED_HEADER]: 'simulated',
  });
  response.end(text);
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
