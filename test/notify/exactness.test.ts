/**
 * At least once, and no event queued twice: the process is ended at every point between an incident and its delivery,
 * and begins anew over the same store.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Incident, IncidentChange } from '../../src/model/incident.ts';
import { LEASE_MS } from '../../src/notify/dispatcher.ts';
import type { Outbox } from '../../src/notify/outbox.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { createSqliteStore } from '../../src/store/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { anIncident, aWorld, closedNow, DAY, HOUR, MINUTE, type World } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailprobe-notify-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

class Ended extends Error {}

/** A process that ends at its nth step: what it does afterwards has no effect. */
interface Process {
  readonly step: (what: string) => void;
  readonly isOver: () => boolean;
  readonly endedAt: () => string | undefined;
  /** Every step so far. */
  readonly trace: readonly string[];
  readonly begin: () => void;
}

function aProcess(endAt: number): Process {
  const trace: string[] = [];
  let over: string | undefined;
  let ended: string | undefined;
  return {
    step: (what) => {
      if (over !== undefined) throw new Ended();
      trace.push(what);
      if (trace.length !== endAt) return;
      over = what;
      ended = what;
      throw new Ended();
    },
    isOver: () => over !== undefined,
    endedAt: () => ended,
    trace,
    begin: () => {
      over = undefined;
    },
  };
}

function mortal(outbox: Outbox, process: Process): Outbox {
  return {
    takeDue: async (request) => {
      process.step('before rows are taken');
      const rows = await outbox.takeDue(request);
      process.step('after rows are taken');
      return rows;
    },
    note: (changes) => {
      process.step('before a settlement is noted');
      outbox.note(changes);
    },
    flush: async () => {
      process.step('before a settlement is committed');
      await outbox.flush();
      process.step('after a settlement is committed');
    },
  };
}

/** Rounds a minute apart do the same, with nine idle ones between. */
const STEP_MS = 10 * MINUTE;

interface Life {
  readonly world: World;
  readonly process: Process;
  readonly sent: readonly { readonly id: string; readonly headline: string }[];
}

/** A 90-minute outage with a change of its cause, of a process that ends at that step and begins anew at once. */
async function live(store: Store, endAt: number): Promise<Life> {
  const process = aProcess(endAt);
  const sent: { id: string; headline: string }[] = [];
  const world = aWorld({ store, wrapOutbox: (outbox) => mortal(outbox, process) });
  world.answer = (_channel, message) => {
    sent.push({ id: message.id, headline: message.headline });
    process.step('between acceptance and settlement');
    return { outcome: 'accepted', answer: 'HTTP 200' };
  };
  const pass = async (ms: number, stepMs = STEP_MS): Promise<void> => {
    for (let rest = ms; rest > 0; rest -= stepMs) {
      await world.clock.advance(stepMs);
      for (let round = 0; round < 2; round += 1) {
        await world
          .notifier()
          .round()
          .catch((error: unknown) => {
            if (!(error instanceof Ended)) throw error;
          });
        if (!process.isOver()) continue;
        process.begin();
        world.restart();
      }
    }
  };
  const announce = async (kind: IncidentChange['kind'], incident: Incident, before?: Incident) =>
    await world.change(kind, incident, before);

  const first = anIncident(world.clock);
  await announce('opened', first);
  await pass(30 * MINUTE);
  const second: Incident = { ...first, cause: 'app-disabled', title: 'App plm is disabled' };
  await announce('changed', second, first);
  await pass(HOUR);
  await announce('closed', closedNow(second, world.clock), second);
  await pass(LEASE_MS + 10 * MINUTE);
  await pass(DAY, 6 * HOUR);
  return { world, process, sent };
}

const EXPECTED = [
  'qms-inbox down: The client secret of app plm has expired',
  'qms-inbox down, new cause: App plm is disabled',
  'Resolved: qms-inbox was down for 1 h 30 min (App plm is disabled)',
];

const STORES: readonly (readonly [string, () => Store])[] = [
  ['the store in memory', () => createMemoryStore()],
  [
    'the SQLite store',
    () => createSqliteStore({ file: join(mkdtempSync(join(folder, 'store-')), 'mailprobe.db') }),
  ],
];

describe.each(STORES)('a process that ends, over %s', (name, createStore) => {
  test('without an end, each message leaves once', async () => {
    const store = createStore();
    const { sent, world } = await live(store, Number.POSITIVE_INFINITY);
    expect(sent.map(({ headline }) => headline)).toEqual(EXPECTED);
    expect(world.bugs).toEqual([]);
    await store.close();
  });

  test('wherever it ends, no message is lost, and none repeats but between acceptance and commit, under its id', async () => {
    const seen = new Set<string>();
    const { process } = await live(createMemoryStore(), Number.POSITIVE_INFINITY);
    // A file takes longer: the first three steps of each kind once something is sent, and every step in memory.
    const ends = name.includes('SQLite') ? someOfEachKind(process.trace) : process.trace.keys();
    for (const before of ends) {
      const endAt = before + 1;
      const store = createStore();
      const { sent, process } = await live(store, endAt);
      await store.close();
      const where = process.endedAt();
      if (where !== undefined) seen.add(where);
      const once = new Map(sent.map(({ id, headline }) => [id, headline]));
      expect([...once.values()], `ended ${where} (step ${endAt})`).toEqual(EXPECTED);
      const mayRepeat =
        where === 'between acceptance and settlement' ||
        where === 'before a settlement is noted' ||
        where === 'before a settlement is committed';
      expect(sent.length - once.size, `ended ${where} (step ${endAt})`).toBeLessThanOrEqual(
        mayRepeat ? 1 : 0,
      );
    }
    expect([...seen].toSorted()).toEqual([
      'after a settlement is committed',
      'after rows are taken',
      'before a settlement is committed',
      'before a settlement is noted',
      'before rows are taken',
      'between acceptance and settlement',
    ]);
  });
});

function someOfEachKind(trace: readonly string[]): readonly number[] {
  const from = trace.indexOf('between acceptance and settlement') - 3;
  const steps = [...trace.keys()].filter((at) => at >= from);
  return [...Map.groupBy(steps, (at) => trace[at]).values()].flatMap((its) => its.slice(0, 3));
}

describe('a channel that is down', () => {
  test('for two hours: what was due is sent once it is back, in order, and once', async () => {
    const world = aWorld();
    world.answer = () => ({ outcome: 'retry', reason: 'HTTP 503' });
    await world.change('opened', anIncident(world.clock));
    await world.pass(2 * HOUR);
    const tries = world.attempts();
    world.answer = () => ({ outcome: 'accepted', answer: 'HTTP 200' });
    await world.pass(30 * MINUTE);
    expect(world.headlines()).toEqual([EXPECTED[0]]);
    expect(tries).toBeGreaterThan(5);
    expect(tries).toBeLessThan(25);
  });

  test('holds up no other', async () => {
    const { SETTINGS, aChannel } = await import('./world.ts');
    const world = aWorld({ settings: { ...SETTINGS, channels: [aChannel('dead'), aChannel('alive')] } });
    world.answer = async (channel) =>
      channel === 'dead' ? await new Promise(() => undefined) : { outcome: 'accepted', answer: 'HTTP 200' };
    world.notifier().start();
    await world.change('opened', anIncident(world.clock));
    await world.clock.advance(2 * MINUTE);
    expect(world.headlines('alive')).toEqual([EXPECTED[0]]);
  });

  test('for longer than a day: given up, stands on the incident, and is a failure of the channel', async () => {
    const world = aWorld();
    world.answer = () => ({ outcome: 'retry', reason: 'HTTP 503' });
    const incident = anIncident(world.clock);
    await world.change('opened', incident);
    await world.pass(25 * HOUR, 5 * MINUTE);
    const stored = await world.store.incident(incident.id);
    expect(stored?.deliveries).toMatchObject([
      { channel: 'ops', message: 'opened', outcome: 'failed', detail: 'HTTP 503' },
    ]);
    expect(world.notifier().failures()).toMatchObject([{ channel: 'ops', reason: 'HTTP 503' }]);
  });

  test('a server that asks for a pause gets it', async () => {
    const world = aWorld();
    world.answer = () => ({ outcome: 'retry', reason: 'HTTP 429', afterMs: HOUR });
    await world.change('opened', anIncident(world.clock));
    await world.pass(59 * MINUTE);
    expect(world.attempts()).toBe(1);
    await world.pass(3 * MINUTE);
    expect(world.attempts()).toBe(2);
  });

  test('a message that is refused for good is not tried again', async () => {
    const world = aWorld();
    world.answer = () => ({ outcome: 'refused', reason: 'HTTP 400: no such room' });
    const incident = anIncident(world.clock);
    await world.change('opened', incident);
    await world.pass(HOUR);
    expect(world.attempts()).toBe(1);
    expect((await world.store.incident(incident.id))?.deliveries).toMatchObject([
      { outcome: 'failed', detail: 'HTTP 400: no such room' },
    ]);
  });
});
