/**
 * Sends one HTTP/1.1 request over a TLS connection of its own. Follows no redirect, and limits the size of the answer.
 * Used for token and Graph requests. The caller interprets the answer.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { isPlausibleDate } from '../../model/clock-skew.ts';
import type { CertificateFacts } from '../../model/evidence.ts';
import type { Failure } from '../../model/failure.ts';
import type { Redactor } from '../../model/redactor.ts';
import type { NetworkOptions } from '../../model/target.ts';
import { stopwatch } from '../stage.ts';
import { ignoreLateError } from './secure.ts';
import { closedFailure, failureOf, failureOfAbort } from './system-failure.ts';
import { dial, type Dial } from './dial.ts';
import { StageFailure } from '../stage-failure.ts';

const HTTPS_PORT = 443;
const MOST_BODY_BYTES = 256 * 1024;
const MOST_HEADER_BYTES = 16 * 1024;
/** The highest accepted number of interim responses (1xx, RFC 9110, section 15.2) before the final one. */
const MOST_INTERIM = 16;

export interface HttpsRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly network: NetworkOptions;
  readonly signal: AbortSignal;
  /** The limit for the body of the answer. The default is 256 KB. */
  readonly maxBytes?: number;
  readonly redactor: Redactor;
}

export type HttpsAnswer =
  | {
      readonly outcome: 'answered';
      readonly status: number;
      /** The names are in lower case. The values of repeated headers are joined by commas. */
      readonly headers: Readonly<Record<string, string>>;
      /** The body as it was received. It may hold a token. */
      readonly body: string;
      readonly certificate?: CertificateFacts;
      readonly seconds: number;
      /**
       * This machine's clock minus the server's, accurate to about a second. Absent if the header `Date` is missing, or
       * if the date is outside the validity of the server's certificate.
       */
      readonly clockSkewSeconds?: number;
    }
  | {
      readonly outcome: 'failed';
      readonly stoppedAt: 'dns' | 'connect' | 'tls' | 'http';
      readonly failure: Failure;
      readonly certificate?: CertificateFacts;
      readonly seconds: number;
    };

interface Exchanged {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly clockSkewSeconds?: number;
}

/** An answer with any status is `answered`. The socket is destroyed when the promise resolves. Never rejects. */
export async function sendHttpsRequest(request: HttpsRequest): Promise<HttpsAnswer> {
  const { url, network, signal, redactor } = request;
  const seconds = stopwatch();
  if (url.protocol !== 'https:') {
    const text = `Expected an https: address, got ${url.protocol}//${url.host}: nothing was sent.`;
    return { outcome: 'failed', stoppedAt: 'http', failure: { kind: 'protocol', text }, seconds: seconds() };
  }
  const port = url.port === '' ? HTTPS_PORT : Number(url.port);
  const dialed = await dial({ host: url.hostname, port, tls: true, network, signal, redactor });
  const { certificate: seen } = dialed.tls.facts;
  const certificate = seen === undefined ? {} : { certificate: seen };
  if (dialed.socket === undefined) {
    return { outcome: 'failed', ...stopOf(dialed), ...certificate, seconds: seconds() };
  }
  try {
    const exchanged = await exchange(dialed.socket, request, seen);
    return { outcome: 'answered', ...exchanged, ...certificate, seconds: seconds() };
  } catch (error) {
    const failure = failureOf(error, `${request.method} ${url.host}`, redactor);
    return { outcome: 'failed', stoppedAt: 'http', failure, ...certificate, seconds: seconds() };
  } finally {
    dialed.socket.destroy();
  }
}

function stopOf({ dns, connect, tls }: Dial): {
  readonly stoppedAt: 'dns' | 'connect' | 'tls';
  readonly failure: Failure;
} {
  const stopped = [dns, connect, tls].find(({ outcome }) => outcome === 'failed') ?? tls;
  const unexplained: Failure = {
    kind: 'unexpected',
    text: 'Dialing ended without a socket and without a failure.',
  };
  return { stoppedAt: stopped.stage, failure: stopped.failure ?? unexplained };
}

/** Rejects with a `StageFailure`, or with the error of Node's HTTP client or the socket. */
function exchange(
  socket: Socket,
  request: HttpsRequest,
  certificate: CertificateFacts | undefined,
): Promise<Exchanged> {
  const { url, method, headers, body, signal, maxBytes = MOST_BODY_BYTES } = request;
  const waitedFor = `the answer of ${url.host} to ${method}`;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => fail(new StageFailure(failureOfAbort(signal, waitedFor)));
    const sent = httpRequest({
      method,
      path: `${url.pathname}${url.search}`,
      headers: { host: url.host, 'accept-encoding': 'identity', connection: 'close', ...headers },
      // With an `agent` option, even `false`, Node would open its own connection in place of this socket.
      createConnection: () => socket,
      maxHeaderSize: MOST_HEADER_BYTES,
    });
    const settle = (end: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      sent.off('error', fail).on('error', ignoreLateError).destroy();
      end();
    };
    const fail = (error: Error): void => settle(() => reject(error));
    const onClose = (): void => fail(new StageFailure(closedFailure(`Waiting for ${waitedFor}`)));
    let interim = 0;
    sent.on('error', fail).on('close', onClose);
    sent.on('information', () => {
      interim += 1;
      if (interim === MOST_INTERIM + 1) fail(new StageFailure(tooManyInterim(waitedFor)));
    });
    sent.on('response', (response) => {
      // After the response has begun, an early close is an error of the response.
      sent.off('close', onClose);
      readBody(response, maxBytes).then(
        (text) => settle(() => resolve(exchangedOf(response, text, certificate))),
        fail,
      );
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else sent.end(body);
  });
}

function tooManyInterim(waitedFor: string): Failure {
  return {
    kind: 'protocol',
    text: `More than ${MOST_INTERIM} interim responses (1xx) instead of ${waitedFor}.`,
  };
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    if (!Buffer.isBuffer(chunk)) continue;
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) {
      throw new StageFailure({
        kind: 'protocol',
        status: String(response.statusCode),
        text: `The answer's body is longer than ${maxBytes} bytes.`,
      });
    }
  }
  // Unlike a Buffer, TextDecoder removes a byte order mark (RFC 8259, section 8.1).
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function exchangedOf(
  response: IncomingMessage,
  body: string,
  certificate: CertificateFacts | undefined,
): Exchanged {
  const headers = Object.fromEntries(
    Object.entries(response.headersDistinct).map(([name, values = []]) => [name, values.join(', ')]),
  );
  const serverTime = Date.parse(headers['date'] ?? '');
  const skew =
    Number.isNaN(serverTime) || !isPlausibleDate(serverTime, certificate)
      ? {}
      : { clockSkewSeconds: Math.round((Date.now() - serverTime) / 1000) };
  return { status: response.statusCode ?? 0, headers, body, ...skew };
}
