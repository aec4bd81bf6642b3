import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createRedactor } from '../../src/model/redactor.ts';
import { Secret } from '../../src/model/secret.ts';
import type { StatusChange } from '../../src/model/status.ts';
import { createEvents, type Event, type Events } from '../../src/report/events.ts';
import type { Protection } from '../../src/report/http/guard.ts';
import { problemEventSchema, statusEventSchema } from '../../src/report/resource/event.ts';
import { NOON } from '../support/builders.ts';
import { portOf } from '../support/port-of.ts';
import { aServer, aSource, SNAPSHOT } from './fleet.ts';
import { misfits } from './schema-check.ts';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const close of closing.splice(0)) await close();
});

function aChange(title?: string): StatusChange {
  const status = SNAPSHOT.targets.find(({ confirmed }) => confirmed === 'down');
  if (status?.lastProbe === undefined) throw new Error('nothing is down in the fleet');
  const { target, lastProbe: probe } = status;
  const diagnoses = title === undefined ? probe.diagnoses : probe.diagnoses.map((d) => ({ ...d, title }));
  return { target, from: 'up', to: 'down', at: NOON, probe: { ...probe, diagnoses } };
}

function someEvents(): Events {
  const events = createEvents(createRedactor());
  closing.push(events.close);
  return events;
}

/** Collects the events that a client receives from now on. */
function parsed(events: Events, lastEventId?: string): Event[] {
  const received: Event[] = [];
  events.listen(lastEventId, (event) => received.push(event));
  return received;
}

describe('an event', () => {
  test('of a change of state matches its schema', async () => {
    const events = someEvents();
    const received = parsed(events);
    events.publishChange(aChange());
    const [event] = received;
    expect([received.length, event?.name]).toEqual([1, 'status']);
    const data: unknown = JSON.parse(event?.data ?? '');
    expect(misfits(statusEventSchema, data)).toEqual([]);
    expect(data).toMatchObject({ mailbox: 'sales', from: 'up', to: 'down', cause: 'secret-expired' });
  });

  test('is sent when a problem opens or closes, not when it grows', () => {
    const events = someEvents();
    const received = parsed(events);
    const [before, after] = SNAPSHOT.problems;
    if (before === undefined || after === undefined) throw new Error('the fleet has too few problems');
    events.publishProblem({ kind: 'opened', at: NOON, after });
    for (const kind of ['grew', 'shrank', 'changed'] as const)
      events.publishProblem({ kind, at: NOON, before, after });
    events.publishProblem({ kind: 'closed', at: NOON, before });
    for (const { data } of received) expect(misfits(problemEventSchema, JSON.parse(data))).toEqual([]);
    expect(received.map(({ name, data }) => `${name} ${JSON.parse(data).id}`)).toEqual([
      'problem_opened secret-expired:app:crm',
      'problem_closed secret-expiring:app:plm',
    ]);
  });

  test('holds no registered secret', () => {
    const redactor = createRedactor();
    redactor.add('canary~8Q~0123456789abcdef');
    const events = createEvents(redactor);
    const received = parsed(events);
    events.publishChange(aChange('It is canary~8Q~0123456789abcdef'));
    expect(received[0]?.data).not.toContain('0123456789');
  });
});

describe('a client that comes back', () => {
  const published = (count: number): { events: Events; all: Event[] } => {
    const events = someEvents();
    const all = parsed(events);
    for (let at = 1; at <= count; at += 1) events.publishChange(aChange(`change ${at}`));
    return { events, all };
  };

  test.each([
    [1, 4],
    [3, 2],
    [5, 0],
  ])('after event %i of 5 receives the %i that it missed', (seen, missed) => {
    const { events, all } = published(5);
    expect(parsed(events, all[seen - 1]?.id)).toEqual(missed === 0 ? [] : all.slice(-missed));
  });

  test('after more events than are kept receives reset', () => {
    const { events, all } = published(502);
    expect(parsed(events, all[0]?.id)).toMatchObject([{ name: 'reset', id: all.at(-1)?.id }]);
    expect(parsed(events, all[1]?.id)).toHaveLength(500);
  });

  test.each(['', 'x', '-', 'abcdefgh-1', '1', 'NaN-NaN', '-1', '__proto__-1'])(
    'with the foreign id "%s" receives reset',
    (id) => {
      expect(parsed(published(2).events, id)).toMatchObject([{ name: 'reset', data: '{}' }]);
    },
  );

  test('with an id from the future receives reset', () => {
    const { events, all } = published(2);
    const id = String(all[1]?.id.replace(/-2$/, '-3'));
    expect(parsed(events, id)).toMatchObject([{ name: 'reset' }]);
  });
});

describe('the stream', () => {
  async function serve(
    events: Events,
    protection: () => Protection = () => ({ open: [] }),
  ): Promise<FastifyInstance> {
    const server = await aServer(aSource(), { events, protection });
    closing.push(() => server.close());
    await server.listen({ host: '127.0.0.1', port: 0 });
    return server;
  }

  const urlOf = (server: FastifyInstance): string => {
    return `http://127.0.0.1:${portOf(server.server)}/api/v1/events`;
  };

  async function open(server: FastifyInstance, headers: Record<string, string> = {}) {
    const controller = new AbortController();
    closing.push(() => controller.abort());
    const response = await fetch(urlOf(server), { headers, signal: controller.signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let read = '';
    return {
      response,
      abort: () => controller.abort(),
      /** Resolves with everything received once it contains `text`. */
      until: async (text: string): Promise<string> => {
        while (!read.includes(text)) {
          const chunk = await reader?.read();
          if (chunk === undefined || chunk.done) throw new Error(`the stream ended after: ${read}`);
          read += chunk.value;
        }
        return read;
      },
      ended: async (): Promise<void> => {
        while (!(await reader?.read())?.done);
      },
    };
  }

  test('consists of server-sent events, and must not be cached', async () => {
    const events = someEvents();
    const stream = await open(await serve(events));
    expect(Object.fromEntries(stream.response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    await stream.until('retry: 5000\n\n');
    events.publishChange(aChange('Line\nbreak'));
    const read = await stream.until('"}\n\n');
    expect(read).toMatch(/^retry: 5000\n\nid: \w{8}-1\nevent: status\ndata: \{[^\n]*\}\n\n$/);
  });

  test('sends events as they happen, and resumes', async () => {
    const events = someEvents();
    const server = await serve(events);
    const first = await open(server);
    await first.until('retry');
    events.publishChange(aChange('one'));
    const [, id = ''] = /id: (\S+)\nevent: status\ndata: .*"one"/.exec(await first.until('"one"')) ?? [];
    first.abort();
    events.publishChange(aChange('two'));
    const second = await open(server, { 'last-event-id': id });
    const read = await second.until('"two"');
    expect(read).not.toContain('"one"');
  });

  test('sends heartbeats, so that no proxy times out', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const stream = await open(await serve(someEvents()));
    await stream.until('retry');
    vi.advanceTimersByTime(15_000);
    expect(await stream.until(':\n\n')).toMatch(/^retry: 5000\n\n:\n\n$/);
  });

  test('ends when its token is revoked', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    let tokens = [new Secret('0123456789abcdef')];
    const server = await serve(someEvents(), () => ({ tokens, open: [] }));
    const stream = await open(server, { authorization: 'Bearer 0123456789abcdef' });
    await stream.until('retry');
    tokens = [new Secret('fedcba9876543210')];
    vi.advanceTimersByTime(15_000);
    await expect(stream.ended()).resolves.toBeUndefined();
  });

  test('ends when the server stops', async () => {
    const server = await serve(someEvents());
    const stream = await open(server);
    await stream.until('retry');
    await server.close();
    await expect(stream.ended().catch(() => 'cut off')).resolves.toBeOneOf([undefined, 'cut off']);
  });

  test('is limited in number, and frees a place when a client disconnects', async () => {
    const server = await serve(someEvents());
    const streams = [];
    for (let count = 0; count < 50; count += 1) streams.push(await open(server));
    const refused = await fetch(urlOf(server));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '60']);
    expect(await refused.json()).toMatchObject({ type: 'urn:mailprobe:problem:too-many-streams' });
    streams[0]?.abort();
    await expect.poll(async () => (await open(server)).response.status).toBe(200);
  });

  test.each(['HEAD', 'POST'])('does not answer %s', async (method) => {
    const server = await serve(someEvents());
    const response = await fetch(urlOf(server), { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
  });

  test('disconnects a client that does not read', async () => {
    const events = someEvents();
    const server = await serve(events);
    const accepted = once(server.server, 'connection');
    const client = connect(portOf(server.server), '127.0.0.1');
    closing.push(() => client.destroy());
    const [ours]: Socket[] = await accepted;
    if (ours === undefined) throw new Error('no connection');
    const began = once(client, 'data');
    client.write('GET /api/v1/events HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await began;
    client.pause();
    let published = 0;
    while (!ours.destroyed && published < 50_000) {
      events.publishChange(aChange('x'.repeat(400)));
      published += 1;
      if (published % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(ours.destroyed).toBe(true);
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(200_000_000);
  });
});
