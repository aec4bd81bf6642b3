import { StoreError, type StoreFailure } from '../../src/model/store-error.ts';
import { describe, expect, test } from 'vitest';
import { NO_CHANGES, type Changes } from '../../src/model/memory.ts';
import { createJournal, type Journal, type JournalState } from '../../src/store/journal.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { type Clock, type Store } from '../../src/store/store.ts';
import { NOON } from '../support/builders.ts';
import { aChange, aMessage, anIncident, aSession, aTargetMemory, HOUR } from './builders.ts';

/** Time that stands still until it is told to go on. */
function aClock(): Clock & { readonly advance: (ms: number) => Promise<void> } {
  let now = NOON;
  let timers: readonly { readonly at: number; readonly run: () => void }[] = [];
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers = [...timers, timer];
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    async advance(ms) {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { run } of due) run();
    },
  };
}

/** A store in memory that can be away, and that counts its writes. */
interface Bench {
  readonly journal: Journal;
  readonly store: Store;
  readonly clock: ReturnType<typeof aClock>;
  readonly writes: Changes[];
  readonly states: JournalState[];
  readonly attempts: () => number;
  away: StoreFailure | undefined;
}

function aBench(begin?: () => Promise<void>): Bench {
  const inner = createMemoryStore();
  const clock = aClock();
  const writes: Changes[] = [];
  const states: JournalState[] = [];
  let attempts = 0;
  let underWay = 0;
  const store: Store = {
    ...inner,
    async save(changes) {
      attempts += 1;
      underWay += 1;
      expect(underWay).toBe(1);
      await Promise.resolve();
      underWay -= 1;
      if (bench.away !== undefined) throw new StoreError(bench.away, 'the store is away');
      writes.push(changes);
      await inner.save(changes);
    },
    async takeDue(request) {
      if (bench.away !== undefined) throw new StoreError(bench.away, 'the store is away');
      return await inner.takeDue(request);
    },
  };
  const journal = createJournal({
    store,
    clock,
    ...(begin && { begin }),
    onState: (state) => void states.push(state),
  });
  const bench: Bench = {
    journal,
    store,
    clock,
    writes,
    states,
    attempts: () => attempts,
    away: undefined,
  };
  return bench;
}

const request = (now: number) => ({ now, limit: 10, leaseMs: 60_000 });
const take = async ({ journal }: Bench, now: number): Promise<readonly string[]> =>
  (await journal.takeDue(request(now))).map(({ id, attempts }) => `${id} ${attempts}`);

const rowsOf = (changes: Changes): number =>
  Object.values(changes).reduce((rows: number, part) => rows + (Array.isArray(part) ? part.length : 1), 0);

/** A write is waited for by asking for the next flush: it comes after the one under way. */
describe('writing', () => {
  test('nothing is written before a second is over, and then everything in one write', async () => {
    const { journal, clock, writes } = aBench();
    journal.note({ targets: [aTargetMemory()] });
    journal.note({ stateChanges: [aChange('up', NOON)] });
    await clock.advance(999);
    expect(writes).toEqual([]);
    await clock.advance(1);
    await journal.flush();
    expect(writes).toEqual([
      { ...NO_CHANGES, targets: [aTargetMemory()], stateChanges: [aChange('up', NOON)] },
    ]);
  });

  test('where nothing changed, nothing is written', async () => {
    const { journal, clock, attempts } = aBench();
    await clock.advance(HOUR);
    await journal.flush();
    expect(attempts()).toBe(0);
  });

  test('a row that changes many times in a second is written once, as it was last', async () => {
    const { journal, writes } = aBench();
    for (let probesTotal = 1; probesTotal <= 9; probesTotal += 1)
      journal.note({ targets: [aTargetMemory({ probesTotal })] });
    await journal.flush();
    expect(writes.map(({ targets }) => targets.map((one) => one.probesTotal))).toEqual([[9]]);
  });

  test('twenty thousand rows are written in slices of at most 500, one after the other', async () => {
    const { journal, writes } = aBench();
    const targets = Array.from({ length: 20_000 }, (_, at) => aTargetMemory({ mailbox: `m${at}` }));
    journal.note({ targets });
    await journal.flush();
    expect(Math.max(...writes.map(rowsOf))).toBe(500);
    expect(writes.flatMap((write) => write.targets)).toEqual(targets);
    expect(journal.state()).toEqual({ up: true, pending: 0 });
  });

  test('a message is written in the transaction of its incident, whatever else waits', async () => {
    const { journal, writes } = aBench();
    const ids = Array.from({ length: 900 }, (_, at) => `i${at}`);
    journal.note({ incidents: ids.map((id) => anIncident(id)) });
    journal.note({ outbox: ids.map((id) => aMessage(`m-${id}`, { incident: id })) });
    await journal.flush();
    const apart = writes.filter(
      ({ incidents, outbox }) =>
        JSON.stringify(incidents.map(({ id }) => `m-${id}`)) !== JSON.stringify(outbox.map(({ id }) => id)),
    );
    expect(writes.length).toBeGreaterThan(1);
    expect(apart).toEqual([]);
  });

  test('a state change is never written after the state that followed from it', async () => {
    const { journal, writes } = aBench();
    const mailboxes = Array.from({ length: 700 }, (_, at) => `m${at}`);
    journal.note({
      stateChanges: mailboxes.map((mailbox) => aChange('down', NOON, { mailbox })),
      targets: mailboxes.map((mailbox) => aTargetMemory({ mailbox, confirmed: 'down' })),
    });
    await journal.flush();
    for (const { targets, stateChanges } of writes)
      expect(stateChanges.map(({ key }) => key)).toEqual(targets.map(({ key }) => key));
  });

  test('an incident that grows is written with the mailboxes that changed', async () => {
    const { journal, writes, store } = aBench();
    const mailbox = (at: number) => ({ id: `m${String(at).padStart(4, '0')}`, since: NOON });
    const first = Array.from({ length: 1_200 }, (_, at) => mailbox(at));
    journal.note({ incidents: [anIncident('i1', { affectedMailboxes: first })] });
    await journal.flush();
    const second = [{ ...mailbox(0), until: NOON + 1 }, ...first.slice(1), mailbox(1_200)];
    journal.note({ incidents: [anIncident('i1', { affectedMailboxes: second })] });
    await journal.flush();
    expect(Math.max(...writes.map(({ incidents }) => incidents[0]?.affectedMailboxes.length ?? 0))).toBe(499);
    expect(writes.at(-1)?.incidents[0]?.affectedMailboxes.map(({ id }) => id)).toEqual(['m0000', 'm1200']);
    expect((await store.incident('i1'))?.affectedMailboxes).toEqual(second);
  });

  test('a target whose failures are remembered counts for many rows: each text of its history is searched for secrets', async () => {
    const { journal, writes } = aBench();
    const history = Array.from({ length: 9 }, () => HISTORY_ENTRY);
    journal.note({
      targets: Array.from({ length: 500 }, (_, at) => aTargetMemory({ mailbox: `m${at}`, history })),
    });
    await journal.flush();
    expect(writes.map(({ targets }) => targets.length)).toEqual(Array<number>(125).fill(4));
  });

  test('closing writes what is left, and no timer is left behind', async () => {
    const { journal, clock, writes, attempts } = aBench();
    journal.note({ session: aSession(NOON, NOON + 1) });
    await journal.close();
    expect(writes).toHaveLength(1);
    journal.note({ session: aSession(NOON, NOON + 2) });
    await clock.advance(HOUR);
    expect(attempts()).toBe(1);
  });
});

const HISTORY_ENTRY = {
  evidence: {
    mailbox: 'm',
    protocol: 'imap',
    app: 'plm',
    startedAt: NOON,
    seconds: 1,
    stages: [],
    standstillMs: 0,
  },
  success: false,
  diagnoses: [],
} as const;

describe('the store is away', () => {
  test('what changes meanwhile merges, and all of it is written when the store is back', async () => {
    const bench = aBench();
    const { journal, store } = bench;
    bench.away = 'disk-full';
    for (let at = 0; at < 50; at += 1) {
      journal.note({
        targets: [aTargetMemory({ probesTotal: at })],
        stateChanges: [aChange(at % 2 ? 'up' : 'down', NOON + at)],
        incidents: [anIncident('i1', { peakAffected: at })],
      });
      await journal.flush();
    }
    // One target, its 32 latest changes, one incident.
    expect(journal.state()).toMatchObject({ up: false, pending: 34 });
    bench.away = undefined;
    await journal.flush();
    expect(journal.state()).toEqual({ up: true, pending: 0 });
    expect((await store.load(0)).targets[0]?.probesTotal).toBe(49);
    expect((await store.incident('i1'))?.peakAffected).toBe(49);
    expect(await store.history({ mailbox: 'qms', from: 0, until: NOON + 99 })).toHaveLength(32);
  });

  test.each<StoreFailure>(['disk-full', 'locked', 'read-only', 'corrupt', 'slow', 'failed'])(
    '%s: the state names it once, with the time since when, and the return once',
    async (code) => {
      const bench = aBench();
      const { journal, states, clock } = bench;
      bench.away = code;
      journal.note({ targets: [aTargetMemory()] });
      await journal.flush();
      await clock.advance(1);
      await journal.flush();
      const failure = { code, message: 'the store is away', since: NOON };
      expect(states).toEqual([{ up: false, pending: 1, failure }]);
      bench.away = undefined;
      await journal.flush();
      expect(states.map(({ up }) => up)).toEqual([false, true]);
    },
  );

  test('it is tried again with pauses that grow to 15 seconds', async () => {
    const bench = aBench();
    const { journal, clock } = bench;
    bench.away = 'locked';
    journal.note({ targets: [aTargetMemory()] });
    const seconds: number[] = [];
    for (let second = 1; second <= 300; second += 1) {
      const before = bench.attempts();
      await clock.advance(1_000);
      // Comes after the write that the timer began: it makes no attempt of its own.
      await journal.takeDue({ now: 0, limit: 1, leaseMs: 1 });
      if (bench.attempts() > before) seconds.push(second);
    }
    expect(seconds).toEqual([1, 3, 7, 15, ...Array.from({ length: 19 }, (_, at) => 30 + 15 * at)]);
  });

  test('it is tried although nothing changes any more: only so it can be seen to be back', async () => {
    const bench = aBench();
    const { journal, clock } = bench;
    bench.away = 'locked';
    await journal.takeDue({ now: NOON, limit: 1, leaseMs: 1 });
    expect(journal.state().up).toBe(false);
    bench.away = undefined;
    await clock.advance(2_000);
    await journal.takeDue({ now: NOON, limit: 1, leaseMs: 1 });
    expect(journal.state().up).toBe(true);
  });

  test('an incident that was being written when the store went keeps all its mailboxes', async () => {
    const bench = aBench();
    const { journal, store } = bench;
    const affectedMailboxes = Array.from({ length: 1_200 }, (_, at) => ({
      id: `m${String(at).padStart(4, '0')}`,
      since: NOON,
    }));
    bench.away = 'slow';
    journal.note({ incidents: [anIncident('i1', { affectedMailboxes })] });
    await journal.flush();
    const closed = affectedMailboxes.map(({ id, since }) => ({ id, since, until: NOON + 5 }));
    journal.note({
      incidents: [anIncident('i1', { state: 'closed', closed: NOON + 5, affectedMailboxes: closed })],
    });
    await journal.flush();
    bench.away = undefined;
    await journal.flush();
    expect((await store.incident('i1'))?.affectedMailboxes).toEqual(closed);
  });

  test('a file that was begun anew gets everything, incidents with all their mailboxes', async () => {
    const { journal, writes } = aBench();
    const incident = anIncident('i1');
    journal.note({ incidents: [incident] });
    await journal.flush();
    journal.startOver({ incidents: [incident], targets: [aTargetMemory()] });
    await journal.flush();
    expect(writes.at(-1)).toEqual({ ...NO_CHANGES, incidents: [incident], targets: [aTargetMemory()] });
  });
});

describe('messages', () => {
  test('what was noted a moment ago is due at once', async () => {
    const bench = aBench();
    bench.journal.note({ incidents: [anIncident('i1')], outbox: [aMessage('m1', { incident: 'i1' })] });
    expect(await take(bench, NOON)).toEqual(['m1 1']);
    expect(bench.writes).toHaveLength(1);
  });

  test('while the store is away they are sent from memory, with the same lease', async () => {
    const bench = aBench();
    bench.away = 'disk-full';
    bench.journal.note({ outbox: [aMessage('m1'), aMessage('m2', { due: NOON + HOUR })] });
    expect(await take(bench, NOON)).toEqual(['m1 1']);
    expect(await take(bench, NOON + 1)).toEqual([]);
    expect(await take(bench, NOON + 60_000)).toEqual(['m1 2']);
  });

  test('what was sent while the store was away is not sent again when it is back', async () => {
    const bench = aBench();
    bench.away = 'disk-full';
    bench.journal.note({ outbox: [aMessage('m1'), aMessage('m2')] });
    expect(await take(bench, NOON)).toEqual(['m1 1', 'm2 1']);
    bench.journal.note({
      settlements: [
        { message: 'm1', outcome: 'sent', at: NOON },
        { message: 'm2', outcome: 'retry', at: NOON, due: NOON + 5 },
      ],
    });
    expect(await take(bench, NOON + 5)).toEqual(['m2 2']);
    bench.away = undefined;
    await bench.journal.flush();
    expect(await take(bench, NOON + HOUR)).toEqual(['m2 3']);
  });

  test('what was taken before the store went, and sent after, is not sent again', async () => {
    const bench = aBench();
    bench.journal.note({ outbox: [aMessage('m1')] });
    expect(await take(bench, NOON)).toEqual(['m1 1']);
    bench.away = 'locked';
    bench.journal.note({ settlements: [{ message: 'm1', outcome: 'sent', at: NOON }] });
    expect(await take(bench, NOON + HOUR)).toEqual([]);
    bench.away = undefined;
    await bench.journal.flush();
    expect(await take(bench, NOON + HOUR)).toEqual([]);
  });
});

describe('what the file knows could not be read at the start', () => {
  function anUnreadBench(): Bench & { readonly events: string[] } {
    const events: string[] = [];
    const bench = aBench(async () => {
      if (bench.away !== undefined) throw new StoreError(bench.away, 'the store is away');
      events.push(`read after ${bench.writes.length} writes`);
    });
    bench.away = 'locked';
    return Object.assign(bench, { events });
  }

  test('it is read before the first write, once, and what was dropped meanwhile is never written', async () => {
    const bench = anUnreadBench();
    const { journal } = bench;
    journal.note({ targets: [aTargetMemory()], stateChanges: [aChange('up', NOON)] });
    journal.note({ incidents: [anIncident('i1'), anIncident('i2')] });
    journal.note({ outbox: [aMessage('m1', { incident: 'i1' }), aMessage('m2', { incident: 'i2' })] });
    await journal.flush();
    expect([bench.writes, journal.state().up]).toEqual([[], false]);
    journal.dropStates();
    expect(journal.dropIncident('i1')).toBe(true);
    bench.away = undefined;
    await journal.flush();
    await journal.flush();
    expect(bench.events).toEqual(['read after 0 writes']);
    expect(
      bench.writes.map(({ incidents, outbox, targets, stateChanges }) => [
        incidents.map(({ id }) => id),
        outbox.map(({ id }) => id),
        targets.length + stateChanges.length,
      ]),
    ).toEqual([[['i2'], ['m2'], 0]]);
  });

  test('messages wait for it, for two minutes; an incident that was reported then stays', async () => {
    const bench = anUnreadBench();
    const { journal, clock } = bench;
    journal.note({ incidents: [anIncident('i1')], outbox: [aMessage('m1', { incident: 'i1' })] });
    await journal.flush();
    expect(await take(bench, NOON + HOUR)).toEqual([]);
    await clock.advance(120_000);
    expect(await take(bench, NOON + HOUR)).toEqual(['m1 1']);
    expect(journal.dropIncident('i1')).toBe(false);
  });
});
