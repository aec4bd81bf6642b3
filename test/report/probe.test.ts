import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ReportSource } from '../../src/report/source.ts';
import { NOON } from '../support/builders.ts';
import { aServer, aSource, SNAPSHOT } from './fleet.ts';

const servers: FastifyInstance[] = [];

async function serve(overrides: Partial<ReportSource> = {}): Promise<FastifyInstance> {
  const server = await aServer(aSource(overrides));
  servers.push(server);
  return server;
}

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('/probe', () => {
  test.each(['qms-inbox', 'sales'])(
    'shows the last result of %s under the names of blackbox_exporter',
    async (mailbox) => {
      const server = await serve();
      const answer = await server.inject(`/probe?target=${mailbox}&module=imap`);
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([
        200,
        'text/plain; version=0.0.4; charset=utf-8',
      ]);
      await expect(answer.body).toMatchFileSnapshot(`../golden/report/probe-${mailbox}.txt`);
    },
  );

  test.each([
    ['target=nobody&module=imap', 404, 'unknown-mailbox'],
    ['target=smtp.example:25&module=imap', 404, 'unknown-mailbox'],
    ['target=sales', 400, 'bad-parameter'],
    ['module=imap', 400, 'bad-parameter'],
    ['target=&module=imap', 400, 'bad-parameter'],
    ['target=sales&module=http_2xx', 400, 'bad-parameter'],
    ['target=support&module=pop3', 400, 'bad-parameter'],
    ['target=sales&module=imap&fresh=maybe', 400, 'bad-parameter'],
    ['target=sales&target=support&module=imap', 400, 'bad-parameter'],
    ['target=sales&module=imap&debug=yes', 400, 'bad-parameter'],
    ['target=brand-new&module=imap', 503, 'no-result-yet'],
  ])('?%s answers %i %s', async (query, status, type) => {
    const server = await serve();
    const answer = await server.inject(`/probe?${query}`);
    expect([answer.statusCode, answer.json()]).toMatchObject([
      status,
      { type: `urn:mailprobe:problem:${type}` },
    ]);
  });

  test('probes on request, over that protocol only', async () => {
    const asked: unknown[] = [];
    const server = await serve({
      probeNow: async (...args) => {
        asked.push(args);
        return SNAPSHOT.targets.filter(({ target }) => target.mailbox.id === 'qms-inbox');
      },
    });
    const answer = await server.inject('/probe?target=brand-new&module=imap&fresh=true');
    expect([asked, answer.body]).toEqual([
      [['brand-new', ['imap']]],
      expect.stringContaining('probe_success 1\n'),
    ]);
  });

  test('shows a recent result if it is too soon for another probe', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: NOON - 57_000 });
    const probes: string[] = [];
    const server = await serve({
      probeNow: async (id) => {
        probes.push(id);
        return SNAPSHOT.targets.filter(({ target }) => target.mailbox.id === id);
      },
    });
    const codes = [];
    for (let count = 0; count < 12; count += 1) {
      codes.push((await server.inject('/probe?target=sales&module=imap&fresh=true')).statusCode);
    }
    expect([probes.length, new Set(codes)]).toEqual([10, new Set([200])]);
    vi.setSystemTime(NOON);
    expect((await server.inject('/probe?target=sales&module=imap&fresh=true')).statusCode).toBe(429);
  });

  test('answers before the scraper gives up; a probe that has not ended by then has failed', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const server = await serve({
      probeNow: async () => {
        vi.advanceTimersByTime(40);
        return await new Promise(() => undefined);
      },
    });
    const headers = { 'x-prometheus-scrape-timeout-seconds': '0.05' };
    const answer = await server.inject({ url: '/probe?target=sales&module=imap&fresh=true', headers });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toMatch(/^probe_success 0\n/m);
    expect(answer.body).toMatch(/^probe_duration_seconds 0\.04\n/m);
    expect(answer.body).not.toContain('probe_timestamp_seconds');
  });

  test.each(['', '-1', 'soon', '1e999', 'NaN'])(
    'is not confused by a scrape timeout of "%s"',
    async (given) => {
      const server = await serve();
      const headers = { 'x-prometheus-scrape-timeout-seconds': given };
      const answer = await server.inject({ url: '/probe?target=sales&module=imap&fresh=true', headers });
      expect(answer.statusCode).toBe(200);
    },
  );

  test('a probe that breaks is an internal error', async () => {
    const server = await serve({ probeNow: () => Promise.reject(new Error('inner details')) });
    const answer = await server.inject('/probe?target=sales&module=imap&fresh=true');
    expect([answer.statusCode, answer.body.includes('inner')]).toEqual([500, false]);
  });
});

describe('what costs a probe', () => {
  const POST = { method: 'POST', url: '/api/v1/mailboxes/sales/probe' } as const;

  test('is limited per mailbox, over all routes together', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const server = await serve();
    const probe = '/probe?target=sales&module=imap&fresh=true';
    for (let count = 0; count < 7; count += 1) await server.inject(POST);
    const codes = [];
    for (const request of [POST, probe, POST, POST, probe, '/probe?target=sales&module=pop3&fresh=true'])
      codes.push((await server.inject(request)).statusCode);
    expect(codes).toEqual([200, 200, 200, 429, 429, 429]);
    const other = await server.inject({ ...POST, url: '/api/v1/mailboxes/support/probe' });
    expect(other.statusCode).toBe(200);
  });

  test('names when to try again, and then succeeds', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const server = await serve();
    for (let count = 0; count < 10; count += 1) await server.inject(POST);
    const refused = await server.inject(POST);
    expect([refused.headers['retry-after'], refused.json()]).toMatchObject([
      '2',
      { type: 'urn:mailprobe:problem:too-many-requests' },
    ]);
    vi.advanceTimersByTime(2_000);
    expect((await server.inject(POST)).statusCode).toBe(200);
    expect((await server.inject(POST)).statusCode).toBe(429);
  });

  test('is limited over all mailboxes', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const [like] = SNAPSHOT.targets;
    if (like === undefined) throw new Error('the fleet is empty');
    const targets = Array.from({ length: 101 }, (_, at) => ({
      ...like,
      target: { ...like.target, mailbox: { ...like.target.mailbox, id: `m${at}` } },
    }));
    const server = await serve({ snapshot: () => ({ ...SNAPSHOT, targets }), probeNow: async () => targets });
    const codes = [];
    for (let at = 0; at <= 100; at += 1) {
      codes.push((await server.inject({ ...POST, url: `/api/v1/mailboxes/m${at}/probe` })).statusCode);
    }
    expect(codes.slice(0, 100).every((code) => code === 200)).toBe(true);
    expect(codes.at(-1)).toBe(429);
  });

  test('an unknown mailbox does not count', async () => {
    const server = await serve();
    const unknown = { ...POST, url: '/api/v1/mailboxes/nobody/probe' };
    for (let count = 0; count < 15; count += 1) expect((await server.inject(unknown)).statusCode).toBe(404);
  });
});
