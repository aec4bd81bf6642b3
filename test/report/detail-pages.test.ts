import { afterEach, describe, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { StoreError } from '../../src/model/store-error.ts';
import { problemPath } from '../../src/report/page-path.ts';
import { createLatencies } from '../../src/report/latencies.ts';
import { createMetrics } from '../../src/report/metrics.ts';
import { anEvidence, aProbe, aTarget, NOON } from '../support/builders.ts';
import { aServer, aSource, SNAPSHOT } from './fleet.ts';
import { aPast, anIncident, INCIDENT } from './past-source.ts';

const servers: FastifyInstance[] = [];

async function get(url: string, source = { ...aSource(), ...aPast() }) {
  const server = await aServer(source);
  servers.push(server);
  return await server.inject(url);
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('the page of a mailbox', () => {
  test('matches its golden file', async () => {
    const source = { ...aSource(), ...aPast() };
    const metrics = createMetrics(source);
    for (const { target } of SNAPSHOT.targets.filter((one) => one.target.mailbox.id === 'sales')) {
      metrics.observeProbe(target, aProbe({ target, startedAt: NOON - 60_000 }));
    }
    const server = await aServer(source, { metrics });
    servers.push(server);
    const { statusCode, body } = await server.inject('/mailboxes/sales');
    expect(statusCode).toBe(200);
    await expect(body).toMatchFileSnapshot('../golden/report/mailbox-page.html');
  });

  test('shows the verdict, every step, each stage, the history and the end dates', async () => {
    const { body } = await get('/mailboxes/sales');
    for (const part of [
      '<h1>sales is down</h1>',
      'Add-MgApplicationPassword',
      '✗ token',
      'AADSTS7000222',
      'Last 90 days',
      'action="/mailboxes/sales/probe"',
      'action="/mailboxes/sales/maintenance"',
    ]) {
      expect(body).toContain(part);
    }
  });

  test('only an https reference becomes a link', async () => {
    const { body } = await get('/mailboxes/applications');
    expect(body).toContain('DOCU13517, step 3');
    expect(body).not.toMatch(/href="javascript/);
    expect((await get('/mailboxes/sales')).body).toContain('<a href="https://learn.microsoft.com/');
  });

  test('an id is no markup, and links to itself', async () => {
    const { statusCode, body } = await get(`/mailboxes/${encodeURIComponent('r&d "lab"\\<b>')}`);
    expect(statusCode).toBe(200);
    expect(body).toContain('<h1>r&amp;d &quot;lab&quot;\\&lt;b&gt; is up</h1>');
    expect(body).toContain('action="/mailboxes/r%26d%20%22lab%22%5C%3Cb%3E/probe"');
  });

  test('what is known now is shown while the store is away', async () => {
    const { past, maintenance } = aPast();
    const conditions = async () => await Promise.reject(new StoreError('failed', 'the disk is gone'));
    const { statusCode, body } = await get('/mailboxes/sales', {
      ...aSource(),
      past: { ...past, conditions },
      maintenance,
    });
    expect(statusCode).toBe(200);
    expect(body).toContain('sales is down');
    expect(body).toContain('The store is unavailable.');
  });

  test('one that is not configured is 404', async () => {
    expect((await get('/mailboxes/nobody')).statusCode).toBe(404);
  });
});

describe('the page of an app', () => {
  test('shows its incidents, its credential and its mailboxes, and no others', async () => {
    const { statusCode, body } = await get('/apps/crm');
    expect(statusCode).toBe(200);
    for (const part of ['2 of 2 mailboxes are down', 'secret of app', '✗ refused', '/mailboxes/support']) {
      expect(body).toContain(part);
    }
    expect(body).not.toContain('qms-inbox');
  });

  test('one that is not configured is 404', async () => {
    expect((await get('/apps/nobody')).statusCode).toBe(404);
  });
});

describe('the page of a problem', () => {
  const id = 'secret-expired:app:crm';

  test('shows the verdict while it is open', async () => {
    const { body } = await get(problemPath(id));
    expect(body).toContain(
      '<h1>The client secret of app &quot;crm&quot; has expired: no token is issued</h1>',
    );
    expect(body).toContain('Add-MgApplicationPassword');
  });

  test('links to its incident', async () => {
    const incident = anIncident({ problem: id });
    const incidents = { all: () => [incident], counts: () => [] };
    const { body } = await get(problemPath(id), { ...aSource({ incidents }), ...aPast() });
    expect(body).toContain(`<a href="/incidents/${INCIDENT}">The incident`);
  });

  test('one that was open shows its incidents: an alert is often followed late', async () => {
    const { statusCode, body } = await get(problemPath('secret-expired:app:plm'));
    expect(statusCode).toBe(200);
    expect(body).toContain('This problem is not open');
    expect(body).toContain(`/incidents/${INCIDENT}`);
  });

  test.each(['nonsense', 'no-such-cause:app:plm', ' '])('%j is none', async (wrong) => {
    expect((await get(problemPath(wrong))).statusCode).toBe(404);
  });
});

describe('latencies', () => {
  test('the last 16 probes are kept, oldest first, to the millisecond', () => {
    const latencies = createLatencies();
    for (let n = 0; n < 20; n += 1) latencies.note('a imap', anEvidence({ startedAt: NOON + n * 1000 }));
    const kept = latencies.of('a imap');
    expect(kept.map(({ at }) => (at - NOON) / 1000)).toEqual(Array.from({ length: 16 }, (_, n) => n + 4));
    expect(kept[0]?.phasesMs).toEqual([50, 50, 50, 50, 50, 50, 50, 50]);
    expect(latencies.of('b imap')).toEqual([]);
  });

  test('of too many targets, the one that has been known longest is forgotten', () => {
    const latencies = createLatencies(3);
    const target = aTarget();
    for (const key of ['a', 'b', 'c', 'd']) latencies.note(key, anEvidence({ target }));
    expect(['a', 'b', 'c', 'd'].map((key) => latencies.of(key).length)).toEqual([0, 1, 1, 1]);
  });
});

test('every object of the API that has a page leads to it, and so does every event of the calendar', async () => {
  const source = { ...aSource({ externalUrl: () => 'https://probe.example' }), ...aPast() };
  const server = await aServer(source);
  servers.push(server);
  const text = async (url: string): Promise<string> =>
    (await server.inject(url)).body.replaceAll('\r\n ', '');
  const lists = ['mailboxes', 'apps', 'problems', 'incidents'].map((name) => `/api/v1/${name}`);
  const bodies = await Promise.all([...lists, '/api/v1/mailboxes/sales', '/api/v1/apps/crm'].map(text));
  const paths = bodies.flatMap((body) =>
    [...body.matchAll(/"page":("[^"]*")/g)].map(([, path = '']) => path),
  );
  const urls = [...(await text('/credentials.ics')).matchAll(/^URL:(.*)$/gm)].map(([, url = '']) => url);
  expect([paths.length, urls.length]).toEqual([16, 3]);
  for (const url of urls) expect(url).toMatch(/^https:\/\/probe\.example\//);
  const all = [...paths.map((path) => JSON.parse(path)), ...urls.map((url) => new URL(url).pathname)];
  for (const path of all) expect([path, (await server.inject(path)).statusCode]).toEqual([path, 200]);
});
