import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Secret } from '../../src/model/secret.ts';
import type { Protection } from '../../src/report/http/guard.ts';
import { FORM } from '../../src/report/http/form.ts';
import { NOON } from '../support/builders.ts';
import { aServer, aSource } from './fleet.ts';
import { aPast, INCIDENT } from './past-source.ts';

/** The forms of the pages, as a browser sends them. */

const TOKEN = 'a-token-0123456789';
const PROBE = '/mailboxes/sales/probe';
const servers: FastifyInstance[] = [];

async function serve(protection: Partial<Protection> = {}) {
  const { past, maintenance } = aPast();
  const probed: string[] = [];
  const source = aSource({
    past,
    maintenance,
    probeNow: async (id) => {
      probed.push(id);
      return await Promise.resolve([]);
    },
  });
  const server = await aServer(source, { protection: () => ({ open: [], ...protection }) });
  servers.push(server);
  const post = async (
    url: string,
    payload = '',
    headers: Readonly<Record<string, string>> = {},
    remoteAddress = '127.0.0.1',
  ) =>
    await server.inject({
      method: 'POST',
      url,
      payload,
      remoteAddress,
      headers: { host: 'localhost:10993', 'content-type': FORM, ...headers },
    });
  return { server, post, past, maintenance, probed };
}

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

test('a mailbox is probed, and the browser is led back to its page', async () => {
  const { post, probed } = await serve();
  const answer = await post(PROBE);
  expect([answer.statusCode, answer.headers.location, probed]).toEqual([303, '/mailboxes/sales', ['sales']]);
});

test('probing is limited as it is by the API', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { post, server } = await serve();
  const codes: number[] = [];
  for (let n = 0; n < 11; n += 1) codes.push((await post(PROBE)).statusCode);
  expect(codes).toEqual([...Array.from({ length: 10 }, () => 303), 429]);
  const api = await server.inject({ method: 'POST', url: '/api/v1/mailboxes/sales/probe' });
  expect(api.statusCode).toBe(429);
});

test('an incident is acknowledged for some hours, and that is taken back', async () => {
  const { post, past } = await serve();
  const url = `/incidents/${INCIDENT}/acknowledgement`;
  const answer = await post(url, 'by=Ada&note=New+secret+ordered&hours=4');
  expect([answer.statusCode, answer.headers.location]).toEqual([303, `/incidents/${INCIDENT}`]);
  expect((await past.incident(INCIDENT))?.acknowledgement).toMatchObject({
    by: 'Ada',
    note: 'New secret ordered',
    until: NOON + 4 * 3_600_000,
  });
  await post(url, 'by=Ada&note=&hours=');
  expect((await past.incident(INCIDENT))?.acknowledgement).not.toHaveProperty('until');
  expect((await post(`${url}/end`)).statusCode).toBe(303);
  expect((await past.incident(INCIDENT))?.acknowledgement).toBeUndefined();
});

test.each([
  ['/mailboxes/sales', { mailboxes: ['sales'] }],
  ['/apps/crm', { apps: ['crm'] }],
])('maintenance of %s begins, shows on its page and ends', async (page, selector) => {
  const { post, maintenance, server } = await serve();
  expect((await post(`${page}/maintenance`, 'by=Ada&hours=1')).headers.location).toBe(page);
  const window = maintenance.inForce(NOON).find(({ by, note }) => by === 'Ada' && note === '');
  expect(window).toMatchObject({ ...selector, until: NOON + 3_600_000 });
  const shown = await server.inject({ url: page, headers: { host: 'localhost' } });
  expect(shown.body).toContain(`value="${window?.id}"`);
  expect((await post(`${page}/maintenance/end`, `window=${window?.id}`)).statusCode).toBe(303);
  expect(maintenance.inForce(NOON).some(({ id }) => id === window?.id)).toBe(false);
  expect((await post(`${page}/maintenance/end`, `window=${window?.id}`)).statusCode).toBe(404);
});

test.each([
  ['an unknown mailbox', '/mailboxes/nobody/probe', '', 404],
  ['an unknown incident', '/incidents/none/acknowledgement', 'by=Ada', 404],
  ['nobody who acknowledges', `/incidents/${INCIDENT}/acknowledgement`, 'note=x', 400],
  ['a field too many', `/incidents/${INCIDENT}/acknowledgement`, 'by=Ada&more=1', 400],
  ['no hours', '/apps/crm/maintenance', 'by=Ada', 400],
  ['endless hours', '/apps/crm/maintenance', 'by=Ada&hours=100000', 400],
  ['the name that the configuration has', '/apps/crm/maintenance', 'by=configuration&hours=1', 400],
  ['an unknown app', '/apps/nobody/maintenance', 'by=Ada&hours=1', 404],
])('%s is refused', async (_, url, payload, status) => {
  const { post } = await serve();
  expect((await post(url, payload)).statusCode).toBe(status);
});

describe('who may act', () => {
  const tokens = [new Secret(TOKEN)];
  const authorization = `Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}`;

  test.each([
    ['without tokens, from this machine', {}, {}, '127.0.0.1', 303],
    ['without tokens, from this machine over IPv6', {}, { host: '[::1]:10993' }, '::1', 303],
    ['without tokens, from elsewhere', {}, {}, '192.0.2.1', 403],
    ['without tokens, by a name that leads to this machine', {}, { host: 'evil.example' }, '127.0.0.1', 403],
    [
      'by a name of the configuration',
      { hosts: ['probe.example'] },
      { host: 'probe.example' },
      '127.0.0.1',
      303,
    ],
    ['by another name than those', { hosts: ['probe.example'] }, { host: 'evil.example' }, '127.0.0.1', 421],
    ['with tokens and none given', { tokens }, {}, '127.0.0.1', 401],
    ['with a token, from anywhere', { tokens }, { authorization }, '192.0.2.1', 303],
    ['a public page', { tokens, open: ['page'] }, {}, '192.0.2.1', 401],
    ['a page of another site', {}, { 'sec-fetch-site': 'cross-site' }, '127.0.0.1', 403],
    [
      'a page of another site that has a token',
      { tokens },
      { authorization, origin: 'https://evil.example' },
      '127.0.0.1',
      403,
    ],
    [
      'our own page',
      {},
      { origin: 'http://localhost:10993', 'sec-fetch-site': 'same-origin' },
      '127.0.0.1',
      303,
    ],
  ] as const)('%s', async (_, protection, headers, from, status) => {
    const { post, probed } = await serve(protection);
    expect((await post(PROBE, '', headers, from)).statusCode).toBe(status);
    expect(probed).toHaveLength(status === 303 ? 1 : 0);
  });

  test('where nobody may act, the page says why, in place of its forms', async () => {
    const { server } = await serve();
    const page = async (remoteAddress: string) =>
      (await server.inject({ url: '/mailboxes/sales', remoteAddress, headers: { host: 'localhost' } })).body;
    expect(await page('192.0.2.1')).toContain('set <code>http.tokens_file</code>');
    expect(await page('192.0.2.1')).not.toContain('method="post"');
    expect(await page('127.0.0.1')).toContain('method="post"');
  });
});

test('no route of the API takes a form: a page of another site can send one without asking', async () => {
  const { post } = await serve();
  expect((await post('/api/v1/maintenance', 'by=Ada')).statusCode).toBe(415);
});

describe('the box for a pasted error', () => {
  test('explains what was pasted, which cannot become markup', async () => {
    const { post, server } = await serve();
    expect((await server.inject('/explain')).body).toContain('<textarea id="text"');
    const text = 'AADSTS7000222 </textarea><b>';
    const { statusCode, body } = await post('/explain', new URLSearchParams({ text }).toString());
    expect(statusCode).toBe(200);
    expect(body).toContain('The client secret of app');
    expect(body).toContain('AADSTS7000222 &lt;/textarea&gt;&lt;b&gt;');
  });

  test('has the limits of the API, and shares them', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { post, server } = await serve();
    expect((await post('/explain', '')).statusCode).toBe(400);
    expect((await post('/explain', `text=${'x'.repeat(10 * 1024 * 1024 + 1)}`)).statusCode).toBe(413);
    const text = `text=${'x'.repeat(10 * 1024 * 1024)}`;
    expect([(await post('/explain', text)).statusCode, (await post('/explain', text)).statusCode]).toEqual([
      200, 200,
    ]);
    const payload = { text: 'x'.repeat(1024 * 1024) };
    expect((await server.inject({ method: 'POST', url: '/api/v1/explain', payload })).statusCode).toBe(429);
  });
});
