import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createRedactor } from '../../../src/model/redactor.ts';
import {
  sendHttpsRequest,
  type HttpsAnswer,
  type HttpsRequest,
} from '../../../src/probe/network/https-request.ts';
import {
  createCertificateAuthority,
  type CertificateAuthority,
  type IssuedCertificate,
} from '../../../src/sandbox/certificates.ts';
import { startHttpProxy } from '../../fakes/proxy-http.ts';
import { freePorts } from '../../support/free-ports.ts';
import { expectNoListeners, expectNothingLeft } from '../../support/leaks.ts';
import { listen } from '../../support/listener.ts';

const closers: (() => Promise<void>)[] = [];
let authority: CertificateAuthority;
let good: IssuedCertificate;

beforeAll(async () => {
  authority = await createCertificateAuthority('Test Root');
  good = await authority.issue({ commonName: 'login.example', names: ['127.0.0.1', 'localhost'] });
});

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** A real HTTPS server. */
async function webServer(listener: RequestListener): Promise<number> {
  const server = createServer({ key: good.key, cert: good.cert }, listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    const closed = once(server, 'close');
    server.close().closeAllConnections();
    await closed;
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the web server has no port');
  return address.port;
}

/** One that speaks whatever it likes once it has read something. */
async function rudeServer(behave: (socket: Socket, raw: Socket) => void): Promise<number> {
  const listener = await listen((socket, raw) => socket.once('data', () => behave(socket, raw)), {
    tls: good,
  });
  closers.push(listener.close);
  return listener.port;
}

async function send(port: number, request: Partial<HttpsRequest> = {}): Promise<HttpsAnswer> {
  const signal = request.signal ?? new AbortController().signal;
  return await expectNothingLeft(async () => {
    const answer = await sendHttpsRequest({
      url: new URL(`https://127.0.0.1:${port}/tenant/oauth2/v2.0/token?a=b%20c`),
      method: 'GET',
      headers: {},
      network: { ca: authority.cert },
      redactor: createRedactor(),
      ...request,
      signal,
    });
    expectNoListeners(signal);
    return answer;
  });
}

describe('an answer', () => {
  test('returns status, headers, body and certificate, and the request was sent as specified', async () => {
    const seen: unknown[] = [];
    const port = await webServer((request, response) => {
      const chunks: Buffer[] = [];
      request
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => {
          seen.push(request.method, request.url, request.headers, Buffer.concat(chunks).toString());
          response
            .writeHead(401, { 'Content-Type': 'application/json', 'X-Twice': ['a', 'b'] })
            .end('{"error":"ünauthorised"}');
        });
    });
    const answer = await send(port, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials&x=ü',
    });
    expect(answer).toMatchObject({
      outcome: 'answered',
      status: 401,
      headers: { 'content-type': 'application/json', 'x-twice': 'a, b' },
      body: '{"error":"ünauthorised"}',
      certificate: { subject: 'CN=login.example', issuer: 'CN=Test Root' },
      seconds: expect.any(Number),
    });
    expect(seen).toEqual([
      'POST',
      '/tenant/oauth2/v2.0/token?a=b%20c',
      {
        host: `127.0.0.1:${port}`,
        'accept-encoding': 'identity',
        connection: 'close',
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': '34',
      },
      'grant_type=client_credentials&x=ü',
    ]);
  });

  test.each([
    ['by its length', 'Content-Length: 5\r\n\r\nhello'],
    ['by the end of the connection', '\r\nhello'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n'],
  ])('whose body ends %s', async (_, rest) => {
    const port = await rudeServer((socket) => socket.end(`HTTP/1.1 200 OK\r\n${rest}`));
    expect(await send(port)).toMatchObject({ outcome: 'answered', status: 200, body: 'hello' });
  });

  test('a redirect is an answer and is not followed', async () => {
    let requests = 0;
    const port = await webServer((_request, response) => {
      requests += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(await send(port)).toMatchObject({
      outcome: 'answered',
      status: 302,
      headers: { location: '/elsewhere' },
    });
    expect(requests).toBe(1);
  });

  test.each([
    ['behind ours', 3600, 3600],
    ['ahead of ours', -7200, -7200],
  ])('measures a server clock that is %s', async (_, behindSeconds, skew) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const port = await webServer((_request, response) => {
      response.setHeader('Date', new Date(Date.now() - behindSeconds * 1000).toUTCString());
      response.end();
    });
    const answer = await send(port);
    const seen = answer.outcome === 'answered' ? answer.clockSkewSeconds : undefined;
    expect(Math.abs((seen ?? Infinity) - skew)).toBeLessThanOrEqual(1);
  });

  test.each([
    '',
    'Date: yesterday\r\n',
    // Outside the validity of the server's own certificate.
    'Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n',
    'Date: Fri, 31 Dec 9999 23:59:59 GMT\r\n',
  ])('without a date that can be believed (%j) tells no skew', async (date) => {
    const port = await rudeServer((socket) =>
      socket.end(`HTTP/1.1 200 OK\r\n${date}Content-Length: 0\r\n\r\n`),
    );
    const answer = await send(port);
    expect(answer.outcome).toBe('answered');
    expect(answer).not.toHaveProperty('clockSkewSeconds');
  });

  test('comes through a proxy', async () => {
    const port = await webServer((_request, response) => response.end('hello'));
    const proxy = await startHttpProxy({ credentials: { user: 'u', password: 'proxy-password' } });
    closers.push(proxy.close);
    const network = { ca: authority.cert, proxy: proxy.urlWith('u', 'proxy-password') };
    expect(await send(port, { network })).toMatchObject({ outcome: 'answered', body: 'hello' });
  });

  test('of exactly the allowed length is taken, of one byte more is not', async () => {
    const port = await webServer((_request, response) => response.end('x'.repeat(1000)));
    expect(await send(port, { maxBytes: 1000 })).toMatchObject({ outcome: 'answered' });
    expect(await send(port, { maxBytes: 999 })).toMatchObject({
      outcome: 'failed',
      stoppedAt: 'http',
      failure: { kind: 'protocol', status: '200', text: "The answer's body is longer than 999 bytes." },
    });
  });
});

describe('no answer', () => {
  test.each<[string, (socket: Socket, raw: Socket) => void, object]>([
    [
      'sends more than it announced',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more'),
      { kind: 'protocol' },
    ],
    [
      'talks garbage',
      (socket) => socket.write('* OK IMAP4 ready\r\n'),
      { kind: 'protocol', code: expect.stringMatching(/^HPE_/) },
    ],
    ['closes without an answer', (socket) => socket.end(), { kind: 'closed' }],
    ['closes within its header', (socket) => socket.end('HTTP/1.1 200 OK\r\nX-A'), { kind: 'closed' }],
    [
      'closes within its body',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhell'),
      { kind: 'closed' },
    ],
    [
      'closes within a chunk',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhell'),
      { kind: 'closed' },
    ],
    ['resets', (_socket, raw) => raw.resetAndDestroy(), { kind: expect.stringMatching(/^(reset|closed)$/) }],
    [
      'sends a header without end',
      (socket) => flood(socket, 'HTTP/1.1 200 OK\r\nX: '),
      { kind: 'protocol', code: 'HPE_HEADER_OVERFLOW' },
    ],
    [
      'sends interim responses without end',
      (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)),
      { kind: 'protocol', text: expect.stringContaining('More than 16 interim responses (1xx)') },
    ],
    [
      'sends a body without end',
      (socket) => flood(socket, 'HTTP/1.1 200 OK\r\n\r\n'),
      { kind: 'protocol', text: expect.stringContaining('longer than 262144 bytes') },
    ],
    [
      'wants to speak something else',
      (socket) =>
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: imap\r\n\r\n'),
      { kind: 'closed' },
    ],
  ])('from a server that %s', async (_, behave, failure) => {
    const answer = await send(await rudeServer(behave), {
      method: 'POST',
      body: 'secret=s3cret-in-the-body',
    });
    expect(answer).toMatchObject({
      outcome: 'failed',
      stoppedAt: 'http',
      failure,
      certificate: { subject: 'CN=login.example' },
    });
    expect(JSON.stringify(answer)).not.toContain('s3cret-in-the-body');
  });

  test.each<[string, (socket: Socket) => void]>([
    ['is silent', () => undefined],
    ['stops within its header', (socket) => socket.write('HTTP/1.1 200 OK\r\n')],
    ['stops within its body', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhell')],
    [
      'drips interim answers',
      (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n'),
    ],
  ])('from a server that %s: the deadline and a stop end it', async (_, behave) => {
    for (const [reason, kind] of [
      [new DOMException('over', 'TimeoutError'), 'timeout'],
      [new Error('shutdown'), 'aborted'],
    ] as const) {
      const controller = new AbortController();
      const port = await rudeServer((socket) => {
        behave(socket);
        setTimeout(() => controller.abort(reason), 20);
      });
      expect(await send(port, { signal: controller.signal })).toMatchObject({
        outcome: 'failed',
        stoppedAt: 'http',
        failure: { kind, text: expect.stringContaining(`the answer of 127.0.0.1:${port} to GET`) },
      });
    }
  });

  test('where the name does not resolve', async () => {
    const answer = await send(443, { url: new URL('https://login.invalid/') });
    expect(answer).toMatchObject({ outcome: 'failed', stoppedAt: 'dns', failure: { kind: 'dns' } });
  });

  test('where the port is closed', async () => {
    const [port = 0] = await freePorts(1);
    expect(await send(port)).toMatchObject({
      outcome: 'failed',
      stoppedAt: 'connect',
      failure: { kind: 'refused' },
    });
  });

  test('an untrusted certificate is reported, and nothing is sent', async () => {
    let requests = 0;
    const port = await webServer(() => {
      requests += 1;
    });
    const answer = await send(port, { network: {} });
    expect(answer).toMatchObject({
      outcome: 'failed',
      stoppedAt: 'tls',
      failure: { kind: 'untrusted', code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
      certificate: { issuer: 'CN=Test Root' },
    });
    expect(requests).toBe(0);
  });

  test('where the address is not https:', async () => {
    const url = new URL('http://user:pass-word@login.example/');
    const answer = await send(443, { url });
    expect(answer).toMatchObject({ outcome: 'failed', stoppedAt: 'http', failure: { kind: 'protocol' } });
    expect(JSON.stringify(answer)).not.toContain('pass-word');
  });

  test('a header that cannot be sent is not quoted either', async () => {
    const port = await webServer((_request, response) => response.end());
    const answer = await send(port, { headers: { authorization: 'Bearer token-with\nline-end' } });
    expect(answer).toMatchObject({
      outcome: 'failed',
      stoppedAt: 'http',
      failure: { kind: 'unexpected', code: 'ERR_INVALID_CHAR' },
    });
    expect(JSON.stringify(answer)).not.toContain('token-with');
  });
});

function flood(socket: Socket, start: string): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 'x')));
  };
  socket.write(start);
  socket.on('drain', more);
  more();
}
