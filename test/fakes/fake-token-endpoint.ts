/**
 * A token endpoint on loopback with scripted answers, one after the other, the last one for ever. It records the
 * requests. It knows nothing about tenants and secrets: the sandbox does.
 */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';

export interface FakeAnswer {
  /** 200 where absent. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | object;
  /** The answer waits for it. */
  readonly after?: Promise<unknown>;
  /** Instead of an answer: silence, an orderly close, a reset, or half an answer. */
  readonly fault?: 'hang' | 'close' | 'reset' | 'half';
}

export interface RecordedTokenRequest {
  /** By `Date.now()`, which a test may have faked. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly form: URLSearchParams;
}

export type ScriptedAnswer = FakeAnswer | ((request: RecordedTokenRequest) => FakeAnswer);

export interface FakeTokenEndpoint {
  /** The authority: `https://127.0.0.1:PORT`. */
  readonly url: string;
  readonly requests: readonly RecordedTokenRequest[];
  /** Replaces the answers, in order; the last one stays. A function answers each request. */
  readonly answerWith: (...answers: readonly ScriptedAnswer[]) => void;
  /** Resets: no requests recorded, no answers. */
  readonly forget: () => void;
  /** Resolves when that many requests have arrived. */
  readonly received: (count: number) => Promise<void>;
  readonly openSockets: () => number;
  /** Resolves when the other sides have closed all their sockets. */
  readonly allClosed: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function createFakeTokenEndpoint(tls: {
  readonly cert: string;
  readonly key: string;
}): Promise<FakeTokenEndpoint> {
  let requests: RecordedTokenRequest[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  let answers: readonly ScriptedAnswer[] = [{}];
  const wake = (): void => waiting.forEach((probe) => probe());
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const probe = (): void => {
        if (!condition()) return;
        waiting.delete(probe);
        resolve();
      };
      waiting.add(probe);
      probe();
    });

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = new URLSearchParams(await text(request));
    const [next = {}, ...rest] = answers;
    if (rest.length > 0) answers = rest;
    const path = new URL(request.url ?? '/', 'https://fake').pathname;
    const { method = '', headers } = request;
    const recorded = { at: Date.now(), method, path, headers, form };
    requests.push(recorded);
    wake();
    const answer = typeof next === 'function' ? next(recorded) : next;
    await answer.after;
    // The TLS socket on top of it cannot reset.
    const below = [...sockets].find(({ remotePort }) => remotePort === request.socket.remotePort);
    if (answer.fault === 'reset') below?.resetAndDestroy();
    else send(response, answer);
  };
  const server = createServer(tls, (request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.on('tlsClientError', () => {});
  server.on('connection', (socket) => {
    if (!(socket instanceof Socket)) return;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      wake();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${portOf(server.address())}`,
    get requests() {
      return requests;
    },
    answerWith: (...next) => {
      answers = next;
    },
    forget: () => {
      requests = [];
      answers = [{}];
    },
    received: (count) => until(() => requests.length >= count),
    openSockets: () => sockets.size,
    allClosed: () => until(() => sockets.size === 0),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function send(response: ServerResponse, { status = 200, headers = {}, body = '', fault }: FakeAnswer): void {
  const socket = response.socket;
  if (fault === 'hang' || socket === null) return;
  if (fault === 'close') {
    socket.end();
    return;
  }
  const content = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? {} : { 'content-type': 'application/json; charset=utf-8' };
  response.writeHead(status, { ...type, ...headers, 'content-length': Buffer.byteLength(content) });
  if (fault === 'half') {
    response.write(content.slice(0, content.length / 2));
    socket.end();
    return;
  }
  response.end(content);
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('the fake listens on no port');
  return address.port;
}

/** An unsigned JWT with these claims; `serial` makes each one unique. */
export function fakeToken(claims: Readonly<Record<string, unknown>> = {}, serial = 1): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ typ: 'JWT', alg: 'none' })}.${part({ ...claims, jti: serial })}.${part(`signature ${serial}`)}`;
}

/** Entra's answer with a token. */
export function granted(token: string, expiresIn: unknown = 3599): FakeAnswer {
  return {
    body: { token_type: 'Bearer', expires_in: expiresIn, ext_expires_in: expiresIn, access_token: token },
  };
}

/** Entra's answer to a request that it refuses. */
export function refused(status: number, error: string, code: number, words: string): FakeAnswer {
  const traceId = '5b2f3b0a-8d53-4a5c-9d7f-3c4f6f1f0e00';
  const correlationId = '0f7b1a66-58cf-4a62-a7b4-0c2f2a3d9d11';
  const timestamp = '2026-11-20 08:15:30Z';
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: ${words} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    },
  };
}
