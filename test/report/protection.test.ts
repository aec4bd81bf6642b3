import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/model/redactor.ts';
import { Secret } from '../../src/model/secret.ts';
import { createEvents } from '../../src/report/events.ts';
import type { Exposure } from '../../src/model/exposure.ts';
import type { Protection } from '../../src/report/http/guard.ts';
import { renewCertificate } from '../../src/report/http/node-server.ts';
import { ROUTES } from '../../src/report/routes/routes.ts';
import { type CertificateAuthority, createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { portOf } from '../support/port-of.ts';
import { aServer, aSource, SNAPSHOT } from './fleet.ts';

const FIRST = 'first-token-0123456789';
const SECOND = 'second.token~0123456789==';
const TOKENS = [new Secret(FIRST), new Secret(SECOND)];
const servers: FastifyInstance[] = [];

async function serve(
  protection: Partial<Protection> = {},
  ...[source, options]: Parameters<typeof aServer>
): Promise<FastifyInstance> {
  const server = await aServer(source, { protection: () => ({ open: [], ...protection }), ...options });
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('with tokens set', () => {
  const events = createEvents(createRedactor());
  const paths = ROUTES.map(({ method, path, access }) => ({
    method,
    url: path.replace(':id', 'plm'),
    access,
  }));

  test.each(paths.filter(({ access }) => access !== 'anyone'))('$method $url needs one', async (request) => {
    const server = await serve({ tokens: TOKENS }, aSource(), { events });
    const answer = await server.inject(request);
    expect([answer.statusCode, answer.json()]).toMatchObject([
      401,
      { type: 'urn:mailprobe:problem:unauthorised' },
    ]);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="mailprobe"/);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
  });

  test.each(['/nope', '/api/v2/mailboxes', '/api/v1/', '//metrics', '/metrics/', '/METRICS', '/livez/x'])(
    '%s does not exist, which only callers with a token learn',
    async (url) => {
      const server = await serve({ tokens: TOKENS });
      expect((await server.inject(url)).statusCode).toBe(401);
      const headers = { authorization: `Bearer ${FIRST}` };
      expect((await server.inject({ url, headers })).statusCode).toBe(404);
    },
  );

  test.each(['/livez', '/readyz'])('%s needs none', async (url) => {
    const server = await serve({ tokens: TOKENS });
    expect((await server.inject(url)).statusCode).toBe(200);
  });

  test.each<[string, string | undefined, number]>([
    ['the first', `Bearer ${FIRST}`, 200],
    ['the second', `Bearer ${SECOND}`, 200],
    ['a scheme in another case', `bearer ${FIRST}`, 200],
    ['the password of any user', basic(`anna:${FIRST}`), 200],
    ['a password without a user', basic(`:${SECOND}`), 200],
    ['nothing', undefined, 401],
    ['an empty header', '', 401],
    ['an empty token', 'Bearer ', 401],
    ['the beginning of one', `Bearer ${FIRST.slice(0, -1)}`, 401],
    ['more than one', `Bearer ${FIRST}x`, 401],
    ['two in one', `Bearer ${FIRST} ${SECOND}`, 401],
    ['another case', `Bearer ${FIRST.toUpperCase()}`, 401],
    ['the token as user', basic(`${FIRST}:`), 401],
    ['no pair', basic(FIRST), 401],
    ['no base64', 'Basic %%%', 401],
    ['another scheme', `Digest ${FIRST}`, 401],
    ['no scheme', FIRST, 401],
    ['a very long one', `Bearer ${'x'.repeat(10_000)}`, 401],
  ])('%s is accepted or refused', async (_, authorization, status) => {
    const server = await serve({ tokens: TOKENS });
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await server.inject({ url: '/api/v1/mailboxes', headers });
    expect(answer.statusCode).toBe(status);
    expect(answer.body).not.toContain(FIRST);
  });

  test.each<[Exposure, string]>([
    ['metrics', '/metrics'],
    ['metrics', '/probe?target=sales&module=imap'],
    ['page', '/'],
    ['calendar', '/credentials.ics'],
  ])('%s may be opened to all: %s', async (exposure, url) => {
    const open = await serve({ tokens: TOKENS, open: [exposure] });
    expect((await open.inject(url)).statusCode).toBe(200);
    expect((await open.inject('/api/v1/mailboxes')).statusCode).toBe(401);
  });

  test('a replaced token applies at once', async () => {
    let tokens = [new Secret(FIRST)];
    const server = await aServer(aSource(), { protection: () => ({ tokens, open: [] }) });
    servers.push(server);
    const code = async (token: string) =>
      (await server.inject({ url: '/metrics', headers: { authorization: `Bearer ${token}` } })).statusCode;
    expect([await code(FIRST), await code(SECOND)]).toEqual([200, 401]);
    tokens = [new Secret(SECOND)];
    expect([await code(FIRST), await code(SECOND)]).toEqual([401, 200]);
  });

  test('the token is checked before the body is read', async () => {
    const server = await serve({ tokens: TOKENS });
    const payload = 'x'.repeat(2_000_000);
    const headers = { 'content-type': 'text/plain' };
    const answer = await server.inject({ method: 'POST', url: '/api/v1/explain', headers, payload });
    expect(answer.statusCode).toBe(401);
  });
});

describe('on a loopback address without tokens', () => {
  test.each([
    ['localhost:10993', 200],
    ['LOCALHOST', 200],
    ['127.0.0.1:10993', 200],
    ['127.1.2.3', 200],
    ['[::1]:10993', 200],
    ['mail.example', 200],
    ['Mail.Example:443', 200],
    ['evil.example', 421],
    ['127.0.0.1.evil.example', 421],
    ['localhost.evil.example:10993', 421],
    ['mail.example.evil', 421],
  ])('called by the name "%s" it answers %i', async (host, status) => {
    const server = await serve({ hosts: ['mail.example'] });
    const answer = await server.inject({ url: '/livez', headers: { host } });
    expect(answer.statusCode).toBe(status);
  });

  test('on other addresses, or with tokens, any name is accepted', async () => {
    const headers = { host: 'mailprobe.monitoring.svc', authorization: `Bearer ${FIRST}` };
    const answers = [await serve(), await serve({ hosts: [], tokens: TOKENS })].map((server) =>
      server.inject({ url: '/metrics', headers }),
    );
    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual([200, 200]);
  });
});

describe('what another site makes a browser send', () => {
  const POST = { method: 'POST', url: '/api/v1/mailboxes/sales/probe' } as const;
  const EXPLAIN = { method: 'POST', url: '/api/v1/explain', payload: { text: 'x' } } as const;
  const FRESH = { url: '/probe?target=sales&module=imap&fresh=true' };

  test.each<[string, InjectOptions, Record<string, string>, number]>([
    ['a probe', POST, { 'sec-fetch-site': 'cross-site' }, 403],
    ['a probe from a sibling site', POST, { 'sec-fetch-site': 'same-site' }, 403],
    ['an explanation', EXPLAIN, { 'sec-fetch-site': 'cross-site' }, 403],
    ['a probe by /probe', FRESH, { 'sec-fetch-site': 'cross-site' }, 403],
    ['a probe with an older browser', POST, { origin: 'https://evil.example' }, 403],
    ['a probe from a sandboxed frame', POST, { origin: 'null' }, 403],
    ['a probe from another port', POST, { origin: 'http://localhost:81', host: 'localhost:80' }, 403],
    ['a probe from our own page', POST, { 'sec-fetch-site': 'same-origin', origin: 'http://localhost' }, 200],
    ['a probe of a person', POST, { 'sec-fetch-site': 'none' }, 200],
    ['a probe by our own origin', POST, { origin: 'http://localhost:10993', host: 'localhost:10993' }, 200],
    ['a probe by a program', POST, {}, 200],
    [
      'a list',
      { url: '/api/v1/mailboxes' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
      403,
    ],
    ['a scrape', { url: '/metrics' }, { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }, 403],
    [
      'the page in a frame',
      { url: '/' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      403,
    ],
    [
      'a link that a person follows',
      { url: '/' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
      200,
    ],
    ['a list for our own page', { url: '/api/v1/mailboxes' }, { 'sec-fetch-site': 'same-origin' }, 200],
    ['a reading', { url: '/health?mailbox=qms-inbox' }, { 'sec-fetch-site': 'cross-site' }, 200],
  ])('%s', async (_, request, headers, status) => {
    const probes: string[] = [];
    const server = await serve(
      {},
      aSource({
        probeNow: async (id) => {
          probes.push(id);
          return SNAPSHOT.targets;
        },
      }),
    );
    const answer = await server.inject({ ...request, headers });
    expect([answer.statusCode, status === 403 && probes.length > 0]).toEqual([status, false]);
  });
});

describe('over TLS', () => {
  let authority: CertificateAuthority;

  beforeAll(async () => {
    authority = await createCertificateAuthority('test');
  });

  const identity = async (name: string) => {
    const { cert, key } = await authority.issue({ commonName: name, names: [name, '127.0.0.1'] });
    return { certificate: cert, privateKey: new Secret(key) };
  };

  /** The status, and the subject of the presented certificate. */
  async function ask(server: FastifyInstance): Promise<readonly [number | undefined, string | undefined]> {
    const request = httpsRequest({
      host: '127.0.0.1',
      port: portOf(server.server),
      path: '/livez',
      ca: authority.cert,
      agent: false,
    });
    request.end();
    const [response] = await once(request, 'response');
    const { socket } = request;
    response.resume();
    return [
      response.statusCode,
      socket instanceof TLSSocket ? socket.getPeerCertificate().subjectaltname : undefined,
    ];
  }

  test('it answers, and presents a renewed certificate without a restart', async () => {
    const server = await serve({}, aSource(), { tls: await identity('one.example') });
    await server.listen({ host: '127.0.0.1', port: 0 });
    const [status, names] = await ask(server);
    expect([status, names]).toEqual([200, expect.stringContaining('one.example')]);
    expect(renewCertificate(server.server, await identity('two.example'))).toBe(true);
    expect((await ask(server))[1]).toContain('two.example');
  });

  test('plain HTTP is not answered', async () => {
    const server = await serve({}, aSource(), { tls: await identity('one.example') });
    const socket = await connected(server);
    socket.write('GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n');
    expect(await text(socket)).not.toContain('pass');
  });

  test('a server created without TLS does not accept a certificate', async () => {
    expect(renewCertificate((await serve()).server, await identity('one.example'))).toBe(false);
  });
});

async function connected(server: FastifyInstance): Promise<Socket> {
  await server.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect(portOf(server.server), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** What arrives until the connection is gone. A reset takes nothing back that arrived before it. */
async function received(socket: Socket): Promise<string> {
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk) => (answer += String(chunk)));
  await new Promise((resolve) => socket.once('close', resolve));
  return answer;
}

describe('a slow client', () => {
  test('that drips its request gets an error and is cut off', async () => {
    const server = await serve();
    server.server.headersTimeout = 50;
    server.server.requestTimeout = 50;
    const socket = await connected(server);
    const dripping = setInterval(() => socket.write('x'), 10);
    // A write after the server has closed the connection fails, and Node.js then drops the answer unread.
    server.server.prependListener('clientError', () => clearInterval(dripping));
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nx: ');
    const answer = await received(socket);
    clearInterval(dripping);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('that drips its body is cut off', async () => {
    const server = await serve();
    server.server.headersTimeout = 50;
    server.server.requestTimeout = 50;
    const socket = await connected(server);
    socket.write(
      'POST /api/v1/explain HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 1000\r\n\r\nx',
    );
    expect(await received(socket)).toMatch(/^(?:HTTP\/1\.1 408 |$)/);
  });

  test('that does not read its answer is cut off', async () => {
    const [like] = SNAPSHOT.targets;
    if (like === undefined) throw new Error('the fleet is empty');
    const targets = Array.from({ length: 20_000 }, (_, at) => ({
      ...like,
      target: { ...like.target, mailbox: { ...like.target.mailbox, id: `mailbox-${at}` } },
    }));
    const server = await serve({}, aSource({ snapshot: () => ({ ...SNAPSHOT, targets }) }));
    expect(server.server.timeout).toBeGreaterThan(0);
    expect(server.server.timeout).toBeLessThanOrEqual(60_000);
    const accepted = once(server.server, 'connection');
    const socket = await connected(server);
    const began = once(socket, 'data');
    socket.write('GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n');
    const [first] = await began;
    expect(String(first)).toMatch(/^HTTP\/1\.1 200 /);
    socket.pause();
    // A client that does not read cannot see the end, so this checks the server's side.
    const [ours] = await accepted;
    // Only now: the first bytes of so long an answer take a busy machine long.
    ours.setTimeout(100);
    await once(ours, 'close');
    socket.destroy();
  });
});
