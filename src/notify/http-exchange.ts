/**
 * Sends one HTTP/1.1 request over a dialed socket. Follows no redirect, does not retry, and limits the size of the
 * reply. Used by the channels that speak HTTP and by the heartbeat. Never rejects.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { untrustedText } from '../model/untrusted-text.ts';
import type { ChannelEdges, SendResult } from './channel.ts';

const MOST_BODY_BYTES = 64 * 1024;
const MOST_HEADER_BYTES = 16 * 1024;
/** The highest accepted number of interim responses (1xx, RFC 9110, section 15.2) before the final one. */
const MOST_INTERIM = 16;
const LONGEST_EXCERPT = 200;
/** A longer Retry-After is shortened to this, because a server's mistake must not silence a channel for days. */
const LONGEST_WAIT_MS = 6 * 3_600_000;

export interface HttpExchange {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly isHtml: boolean;
  readonly body: string;
}

export async function exchange(request: HttpExchange, edges: ChannelEdges): Promise<SendResult> {
  const { url, signal } = request;
  const tls = url.protocol === 'https:';
  const port = url.port === '' ? (tls ? 443 : 80) : Number(url.port);
  const dialed = await edges.dial({ host: url.hostname, port, tls, signal });
  if (!dialed.ok) return { outcome: 'retry', reason: dialed.reason };
  try {
    return resultOf(await ask(dialed.socket, request), edges);
  } catch (error) {
    return { outcome: 'retry', reason: reasonOf(error, request, edges) };
  } finally {
    dialed.socket.destroy();
  }
}

function resultOf({ status, retryAfter, isHtml, body }: Answer, edges: ChannelEdges): SendResult {
  // An HTML page comes from a proxy or a login portal. Its text does not help.
  const text = isHtml ? 'an HTML page' : untrustedText(body, edges.redactor, LONGEST_EXCERPT);
  const answer = `HTTP ${status}${text === '' ? '' : `: ${text}`}`;
  if (status >= 200 && status < 300)
    return isHtml
      ? { outcome: 'retry', reason: `expected an answer of the receiver, got ${answer}: check the URL` }
      : { outcome: 'accepted', answer };
  if (status >= 300 && status < 400)
    return { outcome: 'retry', reason: `HTTP ${status}: a redirect, which is not followed; correct the URL` };
  // With these statuses, the receiver will never accept the message. Other failures may be gone at the next attempt.
  if ([400, 410, 413, 422].includes(status)) return { outcome: 'refused', reason: answer };
  const afterMs = parseRetryAfter(retryAfter, edges.now());
  return { outcome: 'retry', reason: answer, ...(afterMs === undefined ? {} : { afterMs }) };
}

/**
 * Returns the milliseconds to wait, at most six hours. The header holds seconds or an HTTP date (RFC 9110, section
 * 10.2.3). Undefined if it holds neither.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const value = header?.trim() ?? '';
  const date = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value) ? Date.parse(value) : Number.NaN;
  const afterMs = /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : date - now;
  return Number.isFinite(afterMs) ? Math.min(Math.max(0, afterMs), LONGEST_WAIT_MS) : undefined;
}

class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure';
}

function reasonOf(error: unknown, { method, url, signal }: HttpExchange, edges: ChannelEdges): string {
  if (signal.aborted) return `no answer from ${url.host} to ${method} in time`;
  if (error instanceof ExchangeFailure) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
  return untrustedText(`${method} ${url.host}: ${code}`, edges.redactor, LONGEST_EXCERPT);
}

function ask(socket: Socket, { url, method, headers, body, signal }: HttpExchange): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = httpRequest({
      method,
      path: `${url.pathname}${url.search}`,
      headers: {
        host: url.host,
        'user-agent': 'mailprobe',
        'accept-encoding': 'identity',
        connection: 'close',
        ...length,
        ...headers,
      },
      // With an `agent` option, even `false`, Node would open its own connection in place of this socket.
      createConnection: () => socket,
      maxHeaderSize: MOST_HEADER_BYTES,
    });
    const onAbort = (): void => fail(new ExchangeFailure('aborted'));
    const settle = (end: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      sent
        .off('error', fail)
        .on('error', () => undefined)
        .destroy();
      end();
    };
    const fail = (error: Error): void => settle(() => reject(error));
    const onClose = (): void =>
      fail(new ExchangeFailure(`${url.host} closed the connection without an answer`));
    let interim = 0;
    sent.on('error', fail).on('close', onClose);
    sent.on('information', () => {
      interim += 1;
      if (interim === MOST_INTERIM + 1)
        fail(new ExchangeFailure(`more than ${MOST_INTERIM} interim responses (1xx) instead of an answer`));
    });
    sent.on('response', (response) => {
      sent.off('close', onClose);
      readAnswer(response).then((answer) => settle(() => resolve(answer)), fail);
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else sent.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    chunks.push(chunk);
    length += chunk.length;
    if (length > MOST_BODY_BYTES)
      throw new ExchangeFailure(`the answer is longer than ${MOST_BODY_BYTES} bytes`);
  }
  const body = new TextDecoder().decode(Buffer.concat(chunks));
  const type = response.headers['content-type'] ?? '';
  return {
    status: response.statusCode ?? 0,
    retryAfter: response.headers['retry-after'],
    isHtml: /html/i.test(type) || /^\s{0,50}<(?:!doctype|html)/i.test(body.slice(0, 100)),
    body,
  };
}
