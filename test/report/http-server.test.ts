import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { createLogger } from '../../src/report/log.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { Secret } from '../../src/model/secret.ts';
import { appDetailSchema, appListSchema } from '../../src/report/resource/app.ts';
import { explainResponseSchema } from '../../src/report/resource/explanation.ts';
import { healthSchema } from '../../src/report/resource/health.ts';
import { mailboxDetailSchema, mailboxListSchema } from '../../src/report/resource/mailbox.ts';
import { problemDetailsSchema } from '../../src/report/http/problem-details.ts';
import { problemListSchema } from '../../src/report/resource/problem.ts';
import { createMetrics } from '../../src/report/metrics.ts';
import type { ReportSource } from '../../src/report/source.ts';
import { aServer, aSource, SNAPSHOT } from './fleet.ts';
import { misfits } from './schema-check.ts';

const servers: FastifyInstance[] = [];

async function serve(...args: Parameters<typeof aServer>): Promise<FastifyInstance> {
  const server = await aServer(...args);
  servers.push(server);
  return server;
}

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const ODD_ID = encodeURIComponent('r&d "lab"\\<b>');

describe('answers', () => {
  test.each<[string, string, z.ZodType]>([
    ['mailboxes', '/api/v1/mailboxes', mailboxListSchema],
    ['mailboxes-of-crm', '/api/v1/mailboxes?app=crm', mailboxListSchema],
    ['mailbox-healthy', '/api/v1/mailboxes/qms-inbox', mailboxDetailSchema],
    ['mailbox-failing', '/api/v1/mailboxes/sales', mailboxDetailSchema],
    ['mailbox-new', '/api/v1/mailboxes/brand-new', mailboxDetailSchema],
    ['mailbox-odd-id', `/api/v1/mailboxes/${ODD_ID}`, mailboxDetailSchema],
    ['apps', '/api/v1/apps', appListSchema],
    ['app-plm', '/api/v1/apps/plm', appDetailSchema],
    ['app-crm', '/api/v1/apps/crm', appDetailSchema],
    ['app-hr', '/api/v1/apps/hr', appDetailSchema],
    ['problems', '/api/v1/problems', problemListSchema],
  ])('%s matches its schema and its golden file', async (name, url, schema) => {
    const server = await serve();
    const answer = await server.inject(url);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      200,
      'application/json; charset=utf-8',
    ]);
    expect(misfits(schema, answer.json())).toEqual([]);
    const pretty = `${JSON.stringify(answer.json(), undefined, 2)}\n`;
    await expect(pretty).toMatchFileSnapshot(`../golden/report/${name}.json`);
  });

  test('an empty fleet has empty lists', async () => {
    const empty = { at: 0, targets: [], tokens: [], problems: [] };
    const server = await serve(aSource({ snapshot: () => empty, apps: () => [] }));
    const bodies = await Promise.all(
      ['mailboxes', 'apps', 'problems'].map(async (list) => (await server.inject(`/api/v1/${list}`)).body),
    );
    expect(bodies).toEqual(['{"mailboxes":[]}', '{"apps":[]}', '{"problems":[]}']);
  });
});

describe('filters', () => {
  test.each([
    ['?app=crm', ['sales', 'support']],
    ['?mailbox=sales', ['sales']],
    ['?up=false', ['sales', 'support', 'applications']],
    ['?up=true', ['qms-inbox', 'r&d "lab"\\<b>', 'archive-2']],
    ['?up=unknown', ['brand-new']],
    ['?label.team=quality', ['qms-inbox']],
    ['?label.team=r%26d', ['r&d "lab"\\<b>']],
    ['?label.team=quality&app=crm', []],
    ['?label.constructor=x', []],
  ])('%s selects its mailboxes', async (query, ids) => {
    const server = await serve();
    const { mailboxes } = mailboxListSchema.parse((await server.inject(`/api/v1/mailboxes${query}`)).json());
    expect(mailboxes.map(({ id }) => id)).toEqual(ids);
  });

  test.each([
    ['?mailbox=support', ['secret-expired:app:crm']],
    ['?app=plm', ['secret-expiring:app:plm']],
    ['?label.team=quality', []],
  ])('%s selects the problems that affect them', async (query, ids) => {
    const server = await serve();
    const { problems } = problemListSchema.parse((await server.inject(`/api/v1/problems${query}`)).json());
    expect(problems.map(({ id }) => id)).toEqual(ids);
  });
});

describe('a probe now', () => {
  test('uses all protocols, and its result is in the answer', async () => {
    const asked: unknown[] = [];
    const probeNow: ReportSource['probeNow'] = async (...args) => {
      asked.push(args);
      return SNAPSHOT.targets.flatMap((status) =>
        status.target.mailbox.id === 'sales' ? { ...status, confirmed: 'up' as const } : [],
      );
    };
    const server = await serve(aSource({ probeNow }));
    const answer = await server.inject({ method: 'POST', url: '/api/v1/mailboxes/sales/probe' });
    expect(answer.statusCode).toBe(200);
    expect(misfits(mailboxDetailSchema, answer.json())).toEqual([]);
    expect(answer.json()).toMatchObject({
      id: 'sales',
      protocols: { imap: { up: true }, pop3: { up: true } },
    });
    expect(asked).toEqual([['sales', undefined]]);
  });

  test('can use one protocol; the other keeps its last result', async () => {
    const asked: unknown[] = [];
    const probeNow: ReportSource['probeNow'] = async (...args) => {
      asked.push(args);
      return [];
    };
    const server = await serve(aSource({ probeNow }));
    const url = '/api/v1/mailboxes/sales/probe?protocol=pop3';
    const answer = await server.inject({ method: 'POST', url });
    expect(answer.json()).toMatchObject({ protocols: { imap: { up: false }, pop3: { up: false } } });
    expect(asked).toEqual([['sales', ['pop3']]]);
  });
});

describe('explain', () => {
  test.each<[string, string, string]>([
    ['text as it is', 'text/plain', 'AADSTS7000222'],
    ['text in JSON', 'application/json', '{"text":"AADSTS7000222"}'],
  ])('accepts %s', async (_, contentType, payload) => {
    const given: string[] = [];
    const { explain } = aSource();
    const server = await serve(
      aSource({
        explain: async (pasted) => {
          given.push(pasted);
          return await explain?.(pasted);
        },
      }),
    );
    const headers = { 'content-type': contentType };
    const answer = await server.inject({ method: 'POST', url: '/api/v1/explain', headers, payload });
    expect(answer.statusCode).toBe(200);
    expect(misfits(explainResponseSchema, answer.json())).toEqual([]);
    expect(given).toEqual(['AADSTS7000222']);
  });

  test('is limited in rate', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const server = await serve();
    const headers = { 'content-type': 'text/plain' };
    const post = (payload: string) =>
      server.inject({ method: 'POST', url: '/api/v1/explain', headers, payload });
    const large = 'x'.repeat(10_000_000);
    const answers = [await post(large), await post(large)];
    answers.push(await post(large));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 429]);
    expect(answers.at(-1)?.headers['retry-after']).toMatch(/^[1-9]$/);
  });
});

describe('errors are RFC 9457 problem details', () => {
  const post = (url: string, type: string, payload: string): InjectOptions => ({
    method: 'POST',
    url,
    payload,
    headers: { 'content-type': type },
  });

  test.each<[string, InjectOptions, number, string, string]>([
    ['no such route', { url: '/nope' }, 404, 'no-such-route', '/'],
    ['an unknown mailbox', { url: '/api/v1/mailboxes/nobody' }, 404, 'unknown-mailbox', '"nobody"'],
    ['an unknown app', { url: '/api/v1/apps/nothing' }, 404, 'unknown-app', '"nothing"'],
    [
      'a probe an unknown mailbox',
      { method: 'POST', url: '/api/v1/mailboxes/x/probe' },
      404,
      'unknown-mailbox',
      '"x"',
    ],
    ['an unknown app in a filter', { url: '/api/v1/mailboxes?app=x' }, 404, 'unknown-app', '"x"'],
    ['an unknown mailbox in a filter', { url: '/health?mailbox=x' }, 404, 'unknown-mailbox', '"x"'],
    ['a label that nothing has', { url: '/health?label.team=x' }, 404, 'nothing-selected', 'No mailbox'],
    [
      'an unknown parameter',
      { url: '/api/v1/mailboxes?ap=x' },
      400,
      'bad-parameter',
      'Known: app, mailbox, label.NAME, up, limit, cursor.',
    ],
    ['a label without a name', { url: '/api/v1/mailboxes?label.=x' }, 400, 'bad-parameter', '"label."'],
    [
      'a parameter where there are none',
      { url: '/metrics?name[]=x' },
      400,
      'bad-parameter',
      'takes no parameters',
    ],
    ['a parameter given twice', { url: '/?app=plm&app=crm' }, 400, 'bad-parameter', 'more than once'],
    [
      'a state that is none',
      { url: '/api/v1/mailboxes?up=maybe' },
      400,
      'bad-parameter',
      'Expected true, false or unknown',
    ],
    ['a switch that is none', { url: '/health?minimal=2' }, 400, 'bad-parameter', 'Expected true or false'],
    [
      'a protocol that is none',
      { method: 'POST', url: '/api/v1/mailboxes/sales/probe?protocol=smtp' },
      400,
      'bad-parameter',
      'imap or pop3',
    ],
    [
      'a protocol that is not watched',
      { method: 'POST', url: '/api/v1/mailboxes/support/probe?protocol=pop3' },
      400,
      'bad-parameter',
      'not watched',
    ],
    ['a path that cannot be decoded', { url: '/api/v1/mailboxes/%zz' }, 400, 'bad-request', 'RFC 9110'],
    [
      'a path longer than any id',
      { url: `/api/v1/mailboxes/${'x'.repeat(600)}` },
      414,
      'uri-too-long',
      'longer',
    ],
    [
      'nothing to explain',
      post('/api/v1/explain', 'text/plain', ' \n'),
      400,
      'nothing-to-explain',
      'text/plain',
    ],
    [
      'JSON without text',
      post('/api/v1/explain', 'application/json', '{"txt":"x"}'),
      400,
      'nothing-to-explain',
      '{"text"',
    ],
    [
      'JSON that is null',
      post('/api/v1/explain', 'application/json', 'null'),
      400,
      'nothing-to-explain',
      '{"text"',
    ],
    [
      'JSON that is none',
      post('/api/v1/explain', 'application/json', '{"text":'),
      400,
      'bad-request',
      'RFC 8259',
    ],
    [
      'JSON that pollutes',
      post('/api/v1/explain', 'application/json', '{"__proto__":{"text":"x"}}'),
      400,
      'bad-request',
      'RFC 8259',
    ],
    [
      'a body of a foreign type',
      post('/api/v1/explain', 'application/xml', '<x/>'),
      415,
      'unsupported-media-type',
      'text/plain',
    ],
    [
      'a body too large',
      post('/api/v1/mailboxes/sales/probe', 'text/plain', 'x'.repeat(1_100_000)),
      413,
      'too-large',
      'larger',
    ],
    [
      'a body too large to explain',
      post('/api/v1/explain', 'text/plain', 'x'.repeat(11_000_000)),
      413,
      'too-large',
      'larger',
    ],
  ])('%s', async (_, request, status, type, text) => {
    const server = await serve();
    const answer = await server.inject(request);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(misfits(problemDetailsSchema, answer.json())).toEqual([]);
    expect(answer.json()).toMatchObject({ type: `urn:mailprobe:problem:${type}`, status });
    expect(problemDetailsSchema.parse(answer.json()).detail).toContain(text);
  });

  test.each<[InjectOptions['method'], string, string]>([
    ['POST', '/', 'GET, HEAD'],
    ['DELETE', '/metrics', 'GET, HEAD'],
    ['PUT', '/health', 'GET, HEAD'],
    ['OPTIONS', '/livez', 'GET, HEAD'],
    ['PATCH', '/api/v1/mailboxes/sales', 'GET, HEAD'],
    ['GET', '/api/v1/mailboxes/sales/probe', 'POST'],
    ['GET', '/api/v1/explain', 'POST'],
  ])('%s %s is not allowed', async (method = 'GET', url, allow) => {
    const server = await serve();
    // The method is checked before the body.
    const headers = { 'content-type': 'application/xml' };
    const answer = await server.inject({ method, url, headers });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, allow]);
    expect(misfits(problemDetailsSchema, answer.json())).toEqual([]);
  });

  test.each(['/', '/metrics', '/health', '/api/v1/mailboxes', '/api/v1/apps', '/api/v1/problems'])(
    'what goes wrong inside %s is in the log and not in the answer',
    async (url) => {
      const lines: string[] = [];
      const redactor = createRedactor();
      const logger = createLogger({
        level: 'info',

        redactor,
        destination: { write: (line) => lines.push(line) },
      });
      const snapshot = (): never => {
        throw new Error('the innermost secret');
      };
      const server = await serve(aSource({ snapshot }), { logger }, redactor);
      const answer = await server.inject(url).catch((error: unknown) => error);
      expect(JSON.stringify(answer)).not.toContain('innermost');
      expect(lines.join('')).toContain('innermost');
      expect(lines.join('')).toContain('http-server.test.ts');
    },
  );

  test('a scrape that breaks off half-way is in the log', async () => {
    const lines: string[] = [];
    const redactor = createRedactor();
    const destination = { write: (line: string) => lines.push(line) };
    const logger = createLogger({ level: 'info', redactor, destination });
    async function* chunks(): AsyncGenerator<string> {
      yield '# half\n';
      await new Promise((resolve) => setImmediate(resolve));
      throw new Error('the other half');
    }
    const source = aSource();
    const metrics = {
      ...createMetrics(source),
      stream: () => ({ headers: { 'content-type': 'text/plain' }, chunks: chunks() }),
    };
    const server = await serve(source, { logger, metrics }, redactor);
    const broken = await server.inject('/metrics').catch(() => 'cut off');
    expect(JSON.stringify(broken)).not.toContain('the other half');
    expect(lines.join('')).toMatch(/"route":"\/metrics".*the other half/);
  });

  test('a probe that breaks is an internal error without details', async () => {
    const server = await serve(aSource({ probeNow: () => Promise.reject(new Error('inner details')) }));
    const answer = await server.inject({ method: 'POST', url: '/api/v1/mailboxes/sales/probe' });
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({ type: 'urn:mailprobe:problem:internal-error' });
    expect(answer.body).not.toContain('inner details');
  });
});

describe('health', () => {
  test('covers all mailboxes, and fails while one is down', async () => {
    const server = await serve();
    const answer = await server.inject('/health');
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      503,
      'application/health+json; charset=utf-8',
    ]);
    expect(misfits(healthSchema, answer.json())).toEqual([]);
    const pretty = `${JSON.stringify(answer.json(), undefined, 2)}\n`;
    await expect(pretty).toMatchFileSnapshot('../golden/report/health.json');
  });

  test.each([
    ['?label.team=quality', 200, 'pass'],
    ['?mailbox=brand-new', 200, 'warn'],
    ['?mailbox=archive-2', 200, 'warn'],
    ['?app=plm', 200, 'warn'],
    ['?app=crm', 503, 'fail'],
    ['?minimal', 503, 'fail'],
    ['?minimal=true&mailbox=qms-inbox', 200, 'pass'],
  ])('%s answers %i %s', async (query, code, status) => {
    const server = await serve();
    const answer = await server.inject(`/health${query}`);
    expect([answer.statusCode, healthSchema.parse(answer.json()).status]).toEqual([code, status]);
    expect(misfits(healthSchema, answer.json())).toEqual([]);
  });

  test('shows only the status to callers without a token', async () => {
    const tokens = [new Secret('0123456789abcdef')];
    const minimal = await serve(aSource(), { protection: () => ({ tokens, open: [] }) });
    expect((await minimal.inject('/health')).body).toBe('{"status":"fail"}');
    const headers = { authorization: 'Bearer 0123456789abcdef' };
    expect((await minimal.inject({ url: '/health', headers })).json()).toHaveProperty('checks');
    const open = await serve(aSource(), { protection: () => ({ tokens, open: ['health'] }) });
    expect((await open.inject('/health')).json()).toHaveProperty('checks');
  });

  test.each([
    ['/livez', true, 200, 'pass'],
    ['/livez', false, 200, 'pass'],
    ['/readyz', true, 200, 'pass'],
    ['/readyz', false, 503, 'fail'],
    ['/livez?verbose', true, 200, 'pass'],
  ])('%s while ready is %s answers %i', async (url, ready, code, status) => {
    const server = await serve(aSource({ ready: () => ready }));
    const answer = await server.inject(url);
    expect([answer.statusCode, healthSchema.parse(answer.json()).status]).toEqual([code, status]);
  });
});

describe('protection', () => {
  test.each(['/', '/metrics', '/health', '/livez', '/api/v1/mailboxes', '/nope'])(
    '%s is not guessed at, kept or framed',
    async (url) => {
      const server = await serve();
      const { headers } = await server.inject(url);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'x-frame-options': 'DENY',
      });
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      // What has an ETag may be kept by its reader, and is asked after each time.
      expect(headers['cache-control']).toBe(headers.etag === undefined ? 'no-store' : 'private, no-cache');
      expect(headers).not.toHaveProperty('x-powered-by');
    },
  );

  test.each([
    '/',
    '/metrics',
    '/health?mailbox=qms-inbox',
    '/livez',
    '/api/v1/mailboxes',
    '/api/v1/apps/plm',
  ])('HEAD %s answers as GET does, without a body', async (url) => {
    const server = await serve();
    const head = await server.inject({ method: 'HEAD', url });
    const get = await server.inject({ method: 'GET', url });
    expect([head.statusCode, head.headers['content-type'], head.body]).toEqual([
      get.statusCode,
      get.headers['content-type'],
      '',
    ]);
  });

  test('no registered secret is in any answer', async () => {
    const canary = 'canary~8Q~0123456789abcdefghijklmnop&<"';
    const redactor = createRedactor();
    redactor.add(canary);
    const [first] = SNAPSHOT.problems;
    if (first === undefined) throw new Error('the fleet has no problem');
    const leaky = {
      ...first,
      title: `It is ${canary}`,
      evidence: [canary, encodeURIComponent(canary)],
    };
    const problems = [leaky];
    const targets = SNAPSHOT.targets.map((status) => ({
      ...status,
      ...(status.lastProbe && { lastProbe: { ...status.lastProbe, diagnoses: [leaky] } }),
    }));
    const snapshot = () => ({ ...SNAPSHOT, problems, targets });
    const server = await serve(
      aSource({
        snapshot,
        explain: async () => await Promise.resolve({ diagnoses: [leaky], wouldHelp: [] }),
      }),
      {},
      redactor,
    );
    const urls = [
      '/',
      '/metrics',
      '/health',
      '/api/v1/mailboxes',
      '/api/v1/mailboxes/sales',
      '/api/v1/problems',
      `/api/v1/mailboxes/${encodeURIComponent(canary)}`,
      `/health?app=${encodeURIComponent(canary)}`,
    ];
    const answers = await Promise.all(urls.map((url) => server.inject(url)));
    answers.push(await server.inject({ method: 'POST', url: '/api/v1/explain', payload: { text: 'x' } }));
    for (const { body } of answers) expect(body).not.toMatch(/0123456789abcdef/);
    expect(answers.filter(({ body }) => body.includes('[redacted]'))).toHaveLength(8);
  });

  async function connected(server: FastifyInstance): Promise<Socket> {
    await server.listen({ host: '127.0.0.1', port: 0 });
    const [address] = server.addresses();
    if (address === undefined || typeof address === 'string') throw new Error('the server does not listen');
    const socket = connect(address.port, address.address);
    await once(socket, 'connect');
    return socket;
  }

  /** Sends bytes, and resolves with everything received until the server closes the connection. */
  async function answerTo(server: FastifyInstance, bytes: string): Promise<string> {
    const socket = await connected(server);
    socket.write(bytes);
    return text(socket);
  }

  test('answers 400 to what is not HTTP, and closes the connection', async () => {
    const answer = await answerTo(await serve(), 'EHLO mail.example\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json\r\n/);
    expect(answer).toContain('urn:mailprobe:problem:bad-request');
  });

  test('headers without end are refused', async () => {
    const answer = await answerTo(await serve(), `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('a client that never ends its request is cut off', async () => {
    const server = await serve();
    expect(server.server.headersTimeout).toBeLessThanOrEqual(10_000);
    expect(server.server.requestTimeout).toBeLessThanOrEqual(15_000);
    server.server.headersTimeout = 50;
    server.server.requestTimeout = 50;
    const answer = await answerTo(server, 'GET / HTTP/1.1\r\nhost: x\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('a stop does not wait for a silent client', async () => {
    const server = await serve();
    const socket = await connected(server);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    // A reset ends the connection too.
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n');
    await server.close();
    await ended;
    expect(socket.destroyed).toBe(true);
  });
});
