/** The heartbeat over real sockets, with a clock that is told to go on: when it is sent, when it is held, what it reports. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { UrlSource } from '../../src/model/notification.ts';
import { type Heartbeat, type HeartbeatEdges, startHeartbeat } from '../../src/notify/heartbeat.ts';
import { expectNothingLeft } from '../support/leaks.ts';
import { aClock, type FakeClock } from './clock.ts';
import { someEdges } from './edges.ts';

type Outcome = Parameters<HeartbeatEdges['onOutcome']>[0];

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map(async (close) => await close()));
});

interface Receiver {
  readonly origin: string;
  readonly requests: readonly string[];
  /** Resolves when the next request is here. */
  readonly asked: () => Promise<unknown>;
}

async function receiver(answer: (response: ServerResponse, path: string) => void): Promise<Receiver> {
  const requests: string[] = [];
  const server = createServer(({ method, url = '' }, response) => {
    requests.push(`${method} ${url}`);
    answer(response, url);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    requests,
    asked: async () => await once(server, 'request'),
  };
}

interface Beating {
  readonly clock: FakeClock;
  readonly heartbeat: Heartbeat;
  readonly outcomes: readonly Outcome[];
  /** Resolves when this many outcomes were reported. */
  readonly reported: (count: number) => Promise<void>;
  isOnTime: boolean;
}

function beat(url: UrlSource, intervalMs: number, secrets: Readonly<Record<string, string>> = {}): Beating {
  const clock = aClock();
  const outcomes: Outcome[] = [];
  let notice = (): void => undefined;
  const state = { isOnTime: true };
  const heartbeat = startHeartbeat(
    { url, intervalMs },
    {
      ...someEdges({}, secrets),
      clock,
      isOnTime: () => state.isOnTime,
      onOutcome: (outcome) => {
        outcomes.push(outcome);
        notice();
      },
    },
  );
  closers.push(async () => heartbeat.close());
  return Object.assign(state, {
    clock,
    heartbeat,
    outcomes,
    reported: async (count: number) => {
      while (outcomes.length < count) await new Promise<void>((resolve) => (notice = resolve));
    },
  });
}

const at = (origin: string, path = '/ping'): UrlSource => ({ from: 'text', url: new URL(path, origin) });

describe('while probes complete on time', () => {
  test.each([
    ['15 seconds', 15 * SECOND],
    ['a minute', MINUTE],
    ['an hour', 60 * MINUTE],
  ])('it is sent at once, then at its interval of %s and not sooner', async (_, intervalMs) => {
    const { origin, requests } = await receiver((response) => response.end('OK'));
    const beating = beat(at(origin), intervalMs);
    await beating.reported(1);
    for (const count of [2, 3, 4]) {
      await beating.clock.advance(intervalMs - 1);
      expect(requests.length).toBe(count - 1);
      await beating.clock.advance(1);
      await beating.reported(count);
    }
    expect(requests).toEqual(Array.from({ length: 4 }, () => 'GET /ping'));
    expect(beating.outcomes).toEqual(
      Array.from({ length: 4 }, () => ({ outcome: 'accepted', answer: 'HTTP 200: OK' })),
    );
  });
});

test('while probes are late it is held, and it is sent again when they are on time', async () => {
  const { origin, requests } = await receiver((response) => response.end('OK'));
  const beating = beat(at(origin), MINUTE);
  await beating.reported(1);
  beating.isOnTime = false;
  await beating.clock.advance(3 * MINUTE);
  expect(beating.outcomes.slice(1)).toEqual(
    Array.from({ length: 3 }, () => ({ outcome: 'held', reason: 'probes do not complete on time' })),
  );
  expect(requests.length).toBe(1);
  beating.isOnTime = true;
  await beating.clock.advance(MINUTE);
  await beating.reported(5);
  expect(requests.length).toBe(2);
  expect(beating.outcomes.at(-1)?.outcome).toBe('accepted');
});

describe('a URL that fails is reported, and asked again at the next interval', () => {
  test.each<[string, (response: ServerResponse) => void, RegExp]>([
    ['a fault of the server', (r) => r.writeHead(500).end('oops'), /^HTTP 500: oops$/],
    ['a check that is gone', (r) => r.writeHead(410).end(), /^HTTP 410$/],
    [
      'a redirect',
      (r) => r.writeHead(302, { location: '/login' }).end(),
      /a redirect, which is not followed/,
    ],
    [
      'a page to log in',
      (r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      /an HTML page/,
    ],
    ['a connection that is cut', (r) => r.destroy(), /closed the connection|ECONNRESET/],
    ['an answer without an end', (r) => r.write('x'.repeat(70_000)), /longer than/],
  ])('%s', async (_, answer, reason) => {
    const { origin, requests } = await receiver(answer);
    const beating = beat(at(origin), MINUTE);
    await beating.reported(1);
    await beating.clock.advance(MINUTE);
    await beating.reported(2);
    expect(requests.length).toBe(2);
    for (const outcome of beating.outcomes)
      expect(outcome).toMatchObject({ reason: expect.stringMatching(reason) });
  });

  test.each<[string, UrlSource, Readonly<Record<string, string>>, RegExp]>([
    ['nobody listens', at('http://127.0.0.1:1'), {}, /refused/i],
    ['its variable is not set', { from: 'env', name: 'BEAT' }, {}, /variable BEAT: it is not set/],
    [
      'its file holds no URL',
      { from: 'file', path: '/beat' },
      { '/beat': 'hc-ping.example/0f9c2d7e-secret' },
      /^expected an http or https URL in the file \/beat, got a text of 31 characters$/,
    ],
  ])('%s', async (_, url, secrets, reason) => {
    const beating = beat(url, MINUTE, secrets);
    await beating.reported(1);
    await beating.clock.advance(MINUTE);
    await beating.reported(2);
    for (const outcome of beating.outcomes)
      expect(outcome).toMatchObject({ outcome: 'retry', reason: expect.stringMatching(reason) });
  });

  test.each([
    ['after 15 seconds', 5 * MINUTE, 15 * SECOND],
    ['after its interval, where that is shorter', 10 * SECOND, 10 * SECOND],
  ])('a receiver that hangs is given up %s', async (_, intervalMs, limitMs) => {
    const { origin, asked } = await receiver(() => undefined);
    const arrives = asked();
    const beating = beat(at(origin), intervalMs);
    await arrives;
    await beating.clock.advance(limitMs - 1);
    expect(beating.outcomes).toEqual([]);
    await beating.clock.advance(1);
    await beating.reported(1);
    expect(beating.outcomes[0]).toMatchObject({
      outcome: 'retry',
      reason: `no answer from ${new URL(origin).host} to GET in time`,
    });
  });
});

test('closing ends what is under way, reports nothing more and leaves nothing', async () => {
  const { origin, requests, asked } = await receiver(() => undefined);
  await expectNothingLeft(async () => {
    const arrives = asked();
    const beating = beat(at(origin), MINUTE);
    await arrives;
    beating.heartbeat.close();
    await beating.clock.advance(10 * MINUTE);
    expect(beating.outcomes).toEqual([]);
  });
  expect(requests.length).toBe(1);
});

const UUID = '0f9c2d7e-5b1a-4c3e-9f00-aa11bb22cc33';

describe('what a receiver echoes of the URL is redacted', () => {
  test.each([
    ['the id of a check, from a file', 'file', `/${UUID}`, UUID],
    ['the id of a check, from the configuration', 'text', `/${UUID}`, UUID],
    ['a short token in the path, from a file', 'file', '/api/push/pL8xQ2mZ4k', 'pL8xQ2mZ4k'],
    ['a short token in the path, from the configuration', 'text', '/api/push/pL8xQ2mZ4k', 'pL8xQ2mZ4k'],
    ['a token in the query, from a file', 'file', '/push?token=pLxQmZkWvTbN', 'pLxQmZkWvTbN'],
    ['a token in the query, from the configuration', 'text', '/push?token=pL8xQ2mZ4kW7', 'pL8xQ2mZ4kW7'],
    ['the whole path, from a file', 'file', '/T0001/B0001/kV3wQ8', '/T0001/B0001/kV3wQ8'],
  ])('%s', async (_, from, path, secret) => {
    const { origin } = await receiver((response) => response.writeHead(404).end(`no check ${secret} here`));
    const source: UrlSource = from === 'file' ? { from, path: '/beat' } : at(origin, path);
    const beating = beat(source, MINUTE, { '/beat': `${origin}${path}\n` });
    await beating.reported(1);
    expect(beating.outcomes).toEqual([{ outcome: 'retry', reason: 'HTTP 404: no check [redacted] here' }]);
  });
});
