import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Target } from '../../src/model/target.ts';
import { concurrencyOf } from '../../src/schedule/caps.ts';
import type { NextProbe } from '../../src/schedule/next-probe.ts';
import type { Overload } from '../../src/schedule/scheduler.ts';
import { anApp, aTarget } from '../support/builders.ts';
import { passMs, recordProbes } from './probe-recorder.ts';

const MINUTE = 60_000;
const INTERVAL = 5 * MINUTE;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  const timersLeft = vi.getTimerCount();
  vi.useRealTimers();
  if (timersLeft > 0) throw new Error(`${timersLeft} timers were left`);
});

function fleet(count: number, options: Parameters<typeof aTarget>[0] = {}): readonly Target[] {
  return Array.from({ length: count }, (_, at) => aTarget({ mailbox: `box-${at}`, ...options }));
}

function gaps(moments: readonly number[]): readonly number[] {
  return moments.slice(1).map((moment, at) => moment - (moments[at] ?? 0));
}

describe('first probes', () => {
  test.each([
    ['one target', 1, 2_000],
    ['twenty', 20, 2_000],
    ['a hundred', 100, 10_000],
    ['a fleet', 4_000, INTERVAL],
  ])('of %s all start within their window, not all at its beginning', async (_, count, windowMs) => {
    const { scheduler, probes } = recordProbes({ probeMs: 10, concurrency: { total: 9_999, perApp: 9_999 } });
    scheduler.update(fleet(count));
    await passMs(windowMs);
    expect(new Set(probes.map(({ key }) => key)).size).toBe(count);
    const late = probes.filter(({ startMs }) => startMs > windowMs / 2).length;
    expect(late).toBeGreaterThanOrEqual(Math.floor(count / 3));
    await scheduler.close();
  });

  test('come at the same moments after every restart', async () => {
    const moments = async (): Promise<readonly number[]> => {
      const { scheduler, probes } = recordProbes();
      scheduler.update(fleet(20));
      await passMs(3_000);
      await scheduler.close();
      return probes.map(({ startMs }) => startMs);
    };
    expect(await moments()).toEqual(await moments());
  });
});

describe('the rhythm', () => {
  test('has no drift: a probe takes time, the next does not come later for it', async () => {
    const target = aTarget();
    const { scheduler, startsOf } = recordProbes({ probeMs: 20_000 });
    scheduler.update([target]);
    await passMs(50 * INTERVAL);
    const [first = 0, second = 0, ...rest] = startsOf(target);
    expect(second - first).toBeGreaterThanOrEqual(INTERVAL / 2);
    expect(second - first).toBeLessThanOrEqual(1.5 * INTERVAL);
    for (const gap of gaps([second, ...rest])) expect(gap).toBeCloseTo(INTERVAL, -1);
    expect(rest.length).toBeGreaterThan(45);
    await scheduler.close();
  });

  test('has jitter of up to a tenth of the interval, which does not add up', async () => {
    const target = aTarget();
    const chances = [0, 0.999, 0.5];
    let at = 0;
    const random = (): number => chances[(at += 1) % 3] ?? 0;
    const { scheduler, startsOf } = recordProbes({ random });
    scheduler.update([target]);
    await passMs(100 * INTERVAL);
    const moments = startsOf(target).slice(1);
    const offsets = moments.map((moment, k) => moment - (moments[0] ?? 0) - k * INTERVAL);
    expect(Math.max(...offsets) - Math.min(...offsets)).toBeGreaterThan(0.09 * INTERVAL);
    expect(Math.max(...offsets) - Math.min(...offsets)).toBeLessThanOrEqual(0.1 * INTERVAL + 2);
    await scheduler.close();
  });

  test('leaves out a probe whose predecessor is still under way, and piles nothing up', async () => {
    const target = aTarget({ intervalMs: 10_000 });
    const { scheduler, startsOf } = recordProbes({ probeMs: 24_000 });
    scheduler.update([target]);
    await passMs(10 * MINUTE);
    for (const gap of gaps(startsOf(target)).slice(1)) expect(gap).toBeCloseTo(30_000, -1);
    await scheduler.close();
  });

  test('does not care for the wall clock', async () => {
    const target = aTarget();
    const { scheduler, startsOf } = recordProbes();
    scheduler.update([target]);
    await passMs(2 * INTERVAL);
    const before = startsOf(target).length;
    vi.setSystemTime(Date.now() + 365 * 24 * 60 * MINUTE);
    await passMs(1_000);
    expect(startsOf(target)).toHaveLength(before);
    vi.setSystemTime(0);
    await passMs(2 * INTERVAL);
    expect(startsOf(target)).toHaveLength(before + 2);
    await scheduler.close();
  });

  test('continues after a probe rejected, which is reported as a bug', async () => {
    const broken = new Error('a bug');
    let probes = 0;
    const { scheduler, bugs } = recordProbes({
      probe: async () => {
        probes += 1;
        await Promise.reject(broken);
      },
    });
    scheduler.update([aTarget()]);
    await passMs(3 * INTERVAL);
    expect(probes).toBeGreaterThanOrEqual(3);
    expect(bugs).toEqual(Array.from({ length: probes }, () => broken));
    await scheduler.close();
  });

  test('continues after a probe threw before its first await', async () => {
    const { scheduler, bugs } = recordProbes({
      probe: () => {
        throw new TypeError('a bug');
      },
    });
    scheduler.update([aTarget()]);
    await passMs(3 * INTERVAL);
    expect(bugs.length).toBeGreaterThanOrEqual(3);
    await scheduler.close();
  });
});

describe('a probe soon', () => {
  test('comes in between and leaves the rhythm alone', async () => {
    const target = aTarget();
    let asked = false;
    const { scheduler, startsOf } = recordProbes({
      next: () => {
        if (asked) return {};
        asked = true;
        return { soonMs: 30_000 };
      },
    });
    scheduler.update([target]);
    await passMs(6 * INTERVAL);
    const [first = 0, second = 0, ...rest] = startsOf(target);
    expect(second - first).toBe(31_000);
    for (const gap of gaps(rest)) expect(gap).toBeCloseTo(INTERVAL, -1);
    await scheduler.close();
  });

  test('that is later than the next one leaves out the probes before it', async () => {
    const target = aTarget();
    const { scheduler, startsOf } = recordProbes({ next: () => ({ soonMs: 3 * INTERVAL }) });
    scheduler.update([target]);
    await passMs(20 * INTERVAL);
    for (const gap of gaps(startsOf(target))) expect(gap).toBe(3 * INTERVAL + 1_000);
    await scheduler.close();
  });
});

describe('where probes wait for longer than three intervals', () => {
  const mailboxes = fleet(60, { intervalMs: 10_000 });
  const capacity = { concurrency: { total: 1, perApp: 1 }, probeMs: 1_000 };

  test('an urgent repeat comes within one, and the others still come in turn', async () => {
    const [silent = aTarget()] = mailboxes;
    const { scheduler, probes, startsOf } = recordProbes({
      ...capacity,
      next: (target) => (target === silent ? { soonMs: 1_000, urgent: true } : {}),
    });
    scheduler.update(mailboxes);
    await passMs(4 * MINUTE);
    for (const gap of gaps(startsOf(silent))) expect(gap).toBeLessThan(10_000);
    expect(new Set(probes.map(({ key }) => key)).size).toBe(mailboxes.length);
    await scheduler.close();
  });

  test('one that is not urgent waits its turn', async () => {
    const [throttled = aTarget()] = mailboxes;
    const { scheduler, startsOf } = recordProbes({
      ...capacity,
      next: (target) => (target === throttled ? { soonMs: 1_000 } : {}),
    });
    scheduler.update(mailboxes);
    await passMs(4 * MINUTE);
    for (const gap of gaps(startsOf(throttled))) expect(gap).toBeGreaterThan(30_000);
    await scheduler.close();
  });
});

describe('one mailbox', () => {
  test('is never looked at over both protocols at once: they take turns', async () => {
    const both = [
      aTarget({ protocol: 'imap', intervalMs: 30_000 }),
      aTarget({ protocol: 'pop3', intervalMs: 30_000 }),
    ];
    const { scheduler, probes } = recordProbes({ probeMs: 20_000 });
    scheduler.update(both);
    await passMs(MINUTE * 20);
    const protocols = new Set(probes.map(({ target }) => target.protocol));
    expect(protocols.size).toBe(2);
    expect(probes.length).toBeGreaterThan(50);
    await scheduler.close();
  });

  test('keeps its turn when it is changed during a probe: the new probe waits for the old to end', async () => {
    const target = aTarget();
    const { scheduler, probes } = recordProbes({ probeMs: 10_000, deaf: true });
    scheduler.update([target]);
    await passMs(3_000);
    scheduler.update([aTarget({ address: 'renamed@contoso.example' })]);
    expect(probes[0]?.signal.aborted).toBe(true);
    await passMs(5_000);
    expect(probes).toHaveLength(1);
    await passMs(5_000);
    expect(probes.map((probe) => probe.target.mailbox.address)).toEqual([
      'qms-inbox@contoso.example',
      'renamed@contoso.example',
    ]);
    expect(probes[1]?.startMs).toBe(probes[0]?.endMs);
    await passMs(10_000);
    await scheduler.close();
  });
});

describe('caps that adapt themselves', () => {
  /** As many are due as of 10,000 mailboxes over two protocols every five minutes: 67 a second, of 300 ms each. */
  const app = anApp({ id: 'large' });
  const targets = (['imap', 'pop3'] as const).flatMap((protocol) =>
    fleet(1_000, { app, protocol, intervalMs: 30_000 }),
  );

  test('let one large app keep its rhythm, yield to throttling, grow back, and ignore time-outs', async () => {
    let answer: NextProbe = { outcome: 'succeeded' };
    let probeMs = 300;
    const { scheduler, probes } = recordProbes({
      probeMs: () => probeMs,
      concurrency: {},
      next: () => answer,
    });
    const cap = (): number => scheduler.loads().apps.get('large')?.cap ?? 0;
    scheduler.update(targets);
    expect(cap()).toBe(10);
    await passMs(200_000);
    expect(cap()).toBe(30);
    const before = probes.length;
    await passMs(30_000);
    expect((probes.length - before) / 30).toBeCloseTo(66.7, 0);

    answer = { outcome: 'throttled' };
    await passMs(16_000);
    expect(cap()).toBeLessThanOrEqual(15);
    answer = { outcome: 'succeeded' };
    const throttled = cap();
    await passMs(MINUTE);
    expect(cap()).toBeGreaterThan(1.2 * throttled);

    answer = {};
    probeMs = 5_000;
    await passMs(20_000);
    const silent = cap();
    await passMs(MINUTE);
    expect(cap()).toBe(silent);
    await scheduler.close();
  });
});

describe('caps', () => {
  test('hold over all and for each app', async () => {
    const apps = ['a', 'b', 'c'].map((id) => anApp({ id }));
    const targets = apps.flatMap((app) =>
      fleet(50).map((target) => aTarget({ mailbox: `${app.id}-${target.mailbox.id}`, app })),
    );
    const { scheduler, most } = recordProbes({ probeMs: 30_000, concurrency: { total: 10, perApp: 4 } });
    scheduler.update(targets);
    await passMs(INTERVAL * 4);
    expect(most).toEqual({ underWay: 10, ofOneApp: 4 });
    await scheduler.close();
  });

  test('of a new configuration hold from then on', async () => {
    const targets = fleet(50);
    const { scheduler, probes } = recordProbes({ probeMs: MINUTE, concurrency: { total: 10, perApp: 10 } });
    scheduler.update(targets);
    await passMs(6_000);
    expect(probes).toHaveLength(10);
    scheduler.update(targets, concurrencyOf({ total: 25, perApp: 25 }));
    expect(probes).toHaveLength(25);
    await scheduler.close();
  });

  test('do not let a large app hold up a small one', async () => {
    const large = fleet(500, { app: anApp({ id: 'large' }) });
    const small = aTarget({ mailbox: 'small', app: anApp({ id: 'small' }) });
    const { scheduler, startsOf, probes } = recordProbes({
      probeMs: 1_000,
      concurrency: { total: 5, perApp: 5 },
    });
    scheduler.update(large);
    await passMs(40_000);
    scheduler.update([...large, small]);
    await passMs(4_000);
    expect(startsOf(small)).toHaveLength(1);
    expect(probes.length).toBeLessThan(260);
    await scheduler.close();
  });
});

describe('run now', () => {
  test('probes at once, and resolves when the probe has ended', async () => {
    const target = aTarget();
    const { scheduler, probes } = recordProbes();
    scheduler.update([target]);
    await passMs(10_000);
    const ran = vi.fn<() => void>();
    const asked = scheduler.runNow(target).then(ran);
    expect(probes).toHaveLength(2);
    await passMs(999);
    expect(ran).not.toHaveBeenCalled();
    await passMs(1);
    expect(ran).toHaveBeenCalledOnce();
    await asked;
    await scheduler.close();
  });

  test('shares the probe under way, and the one that is queued: one probe serves all callers', async () => {
    const target = aTarget();
    const { scheduler, probes } = recordProbes();
    scheduler.update([target]);
    await passMs(10_000);
    const all = Promise.all(Array.from({ length: 100 }, async () => await scheduler.runNow(target)));
    await passMs(500);
    const late = scheduler.runNow(target);
    await passMs(500);
    await all;
    await late;
    expect(probes).toHaveLength(2);
    await scheduler.close();
  });

  test('goes ahead of what is queued, but not through the caps', async () => {
    const targets = fleet(30);
    const { scheduler, probes } = recordProbes({ probeMs: 10_000, concurrency: { total: 1, perApp: 1 } });
    scheduler.update(targets);
    await passMs(9_000);
    const seen = new Set(probes.map(({ key }) => key));
    const last = targets.findLast((target) => !seen.has(`${target.mailbox.id} imap`)) ?? aTarget();
    const asked = scheduler.runNow(last);
    expect(probes).toHaveLength(1);
    await passMs(10_000);
    expect(probes[1]?.target).toBe(last);
    await passMs(10_000);
    await asked;
    expect(probes.filter(({ target }) => target === last)).toHaveLength(1);
    await scheduler.close();
  });

  test('of one protocol waits for the probe over the other', async () => {
    const [imap, pop3] = [aTarget({ protocol: 'imap' }), aTarget({ protocol: 'pop3' })];
    const { scheduler, probes } = recordProbes({ probeMs: 5_000 });
    scheduler.update([imap, pop3]);
    await passMs(20_000);
    const both = Promise.all([scheduler.runNow(imap), scheduler.runNow(pop3)]);
    await passMs(4_999);
    expect(probes).toHaveLength(3);
    await passMs(1);
    expect(probes).toHaveLength(4);
    await passMs(5_000);
    await both;
    await scheduler.close();
  });

  test('of a target that is not scheduled resolves at once, without a probe', async () => {
    const { scheduler, probes } = recordProbes();
    scheduler.update([]);
    await scheduler.runNow(aTarget());
    expect(probes).toEqual([]);
    await scheduler.close();
  });
});

describe('a new configuration', () => {
  test('leaves the rhythm of unchanged targets as it is', async () => {
    const moments = async (reload: boolean): Promise<readonly number[]> => {
      const target = aTarget();
      const { scheduler, startsOf } = recordProbes();
      scheduler.update([target]);
      for (let minute = 0; minute < 60; minute += 1) {
        await passMs(MINUTE);
        if (reload) scheduler.update([aTarget()]);
      }
      await scheduler.close();
      return startsOf(target);
    };
    expect(await moments(true)).toEqual(await moments(false));
  });

  test('ends the probe under way of a target that is gone, which never comes back', async () => {
    const [gone, stays] = [aTarget({ mailbox: 'gone' }), aTarget({ mailbox: 'stays' })];
    const { scheduler, probes, startsOf } = recordProbes({
      probeMs: 10_000,
      next: () => ({ soonMs: 1_000 }),
    });
    scheduler.update([gone, stays]);
    await passMs(3_000);
    const asked = scheduler.runNow(gone);
    scheduler.update([stays]);
    const probe = probes.find(({ target }) => target === gone);
    expect(probe?.signal.reason).toMatchObject({ name: 'AbortError' });
    await asked;
    await passMs(3 * INTERVAL);
    expect(startsOf(gone)).toHaveLength(1);
    expect(startsOf(stays).length).toBeGreaterThan(3);
    await scheduler.close();
  });

  test('forgets a removed target that was queued, and tells who waited for it', async () => {
    const targets = fleet(5);
    const { scheduler, probes } = recordProbes({ probeMs: 10_000, concurrency: { total: 1, perApp: 1 } });
    scheduler.update(targets);
    await passMs(3_000);
    const queued = targets.filter(({ mailbox }) => probes[0]?.target.mailbox.id !== mailbox.id);
    const asked = Promise.all(queued.map(async (target) => await scheduler.runNow(target)));
    scheduler.update([]);
    await asked;
    await passMs(INTERVAL);
    expect(probes).toHaveLength(1);
    await scheduler.close();
  });

  test.each([
    ['a shorter interval', aTarget({ intervalMs: MINUTE })],
    ['another endpoint', aTarget({ endpoint: { host: 'mail.example', port: 993, tls: 'implicit' } })],
    ['another proxy', aTarget({ network: { proxy: new URL('http://proxy.example:3128') } })],
    ['another tenant', aTarget({ app: anApp({ tenant: 'contoso.example' }) })],
  ])('with %s is looked at within seconds', async (_, changed) => {
    const { scheduler, probes } = recordProbes();
    scheduler.update([aTarget({ network: { proxy: new URL('http://old.example:3128') } })]);
    await passMs(20_000);
    scheduler.update([changed]);
    await passMs(2_000);
    expect(probes.map(({ target }) => target).at(-1)).toBe(changed);
    expect(probes).toHaveLength(2);
    await scheduler.close();
  });

  test('takes effect with the new interval', async () => {
    const { scheduler, probes } = recordProbes();
    scheduler.update([aTarget({ intervalMs: 24 * 60 * MINUTE })]);
    await passMs(MINUTE);
    scheduler.update([aTarget({ intervalMs: 10_000 })]);
    await passMs(10 * MINUTE);
    expect(probes.length).toBeGreaterThan(58);
    await scheduler.close();
  });
});

describe('lag', () => {
  test('is nothing while probes start when they are due', async () => {
    const { scheduler } = recordProbes();
    scheduler.update(fleet(10));
    await passMs(10 * INTERVAL);
    expect(scheduler.lagSeconds()).toBeLessThan(0.002);
    await scheduler.close();
  });

  test('tells how late the latest start of the last minute was, and is forgotten after a minute', async () => {
    const targets = fleet(2);
    const { scheduler } = recordProbes({ probeMs: 30_000, concurrency: { total: 1, perApp: 1 } });
    scheduler.update(targets);
    await passMs(31_000);
    expect(scheduler.lagSeconds()).toBeGreaterThan(27);
    await passMs(59_000);
    expect(scheduler.lagSeconds()).toBeGreaterThan(27);
    await passMs(5_000);
    expect(scheduler.lagSeconds()).toBeLessThan(0.002);
    await scheduler.close();
  });

  test('counts a probe that still waits', async () => {
    const { scheduler } = recordProbes({ probeMs: 4 * MINUTE, concurrency: { total: 1, perApp: 1 } });
    scheduler.update(fleet(2));
    await passMs(3 * MINUTE);
    expect(scheduler.lagSeconds()).toBeGreaterThan(170);
    await scheduler.close();
  });
});

describe('overload', () => {
  test('is reported once probes have started late for minutes, by how much, and is over when they no longer do', async () => {
    const { scheduler } = recordProbes({
      probeMs: 20_000,
      concurrency: { total: 4, perApp: 2 },
      next: () => ({ outcome: 'succeeded' }),
    });
    scheduler.update(fleet(60));
    await passMs(2 * MINUTE);
    expect(scheduler.overload()).toBeUndefined();
    let overload: Overload | undefined;
    for (let minute = 0; minute < 10; minute += 1) {
      await passMs(MINUTE);
      overload = scheduler.overload();
    }
    expect(overload?.lateSeconds).toBeGreaterThan(150);
    expect(overload?.shortfalls).toMatchObject([
      { app: 'plm', seconds: 20, needed: expect.closeTo(4, 6), allowed: 2 },
    ]);
    scheduler.update(fleet(20));
    for (let minute = 0; minute < 12; minute += 1) {
      await passMs(MINUTE);
      overload = scheduler.overload();
    }
    expect(overload).toBeUndefined();
    await scheduler.close();
  });

  test('is no burst that passes', async () => {
    const { scheduler } = recordProbes({ probeMs: 10_000, concurrency: { total: 5, perApp: 5 } });
    scheduler.update(fleet(100));
    for (let minute = 0; minute < 20; minute += 1) {
      await passMs(MINUTE);
      expect(scheduler.overload()).toBeUndefined();
    }
    await scheduler.close();
  });
});

describe('close', () => {
  test('ends the probes under way with an AbortError, and nothing starts afterwards', async () => {
    const targets = fleet(20);
    const { scheduler, probes } = recordProbes({ probeMs: 30_000, concurrency: { total: 8, perApp: 8 } });
    scheduler.update(targets);
    await passMs(3_000);
    const asked = Promise.all(targets.map(async (target) => await scheduler.runNow(target)));
    await scheduler.close();
    await asked;
    expect(probes).toHaveLength(8);
    for (const { signal, endMs } of probes) {
      expect(signal.reason).toMatchObject({ name: 'AbortError', message: 'shutting down' });
      expect(endMs).toBe(3_000);
    }
    scheduler.update(targets);
    await scheduler.runNow(aTarget({ mailbox: 'box-0' }));
    await passMs(2 * INTERVAL);
    expect(probes).toHaveLength(8);
  });

  test('resolves within a second although a probe does not heed its signal', async () => {
    const { scheduler, probes } = recordProbes({ probeMs: 30_000, deaf: true });
    const target = aTarget();
    scheduler.update([target]);
    await passMs(3_000);
    const asked = scheduler.runNow(target);
    const closed = scheduler.close();
    await passMs(1_000);
    await Promise.all([closed, asked]);
    expect(probes[0]?.endMs).toBeUndefined();
    await passMs(30_000);
    expect(probes).toHaveLength(1);
  });

  test('may be called twice', async () => {
    const { scheduler } = recordProbes();
    scheduler.update([aTarget()]);
    const closes = await Promise.all([scheduler.close(), scheduler.close()]);
    expect([...closes, await scheduler.close()]).toEqual([undefined, undefined, undefined]);
  });
});

test('a day with a thousand targets: every one in its rhythm, never two at a mailbox, caps never exceeded', async () => {
  const apps = Array.from({ length: 10 }, (_, at) => anApp({ id: `app-${at}` }));
  const targets = Array.from({ length: 1_000 }, (_, at) =>
    aTarget({
      mailbox: `box-${at >> 1}`,
      protocol: at % 2 === 0 ? 'imap' : 'pop3',
      app: apps[(at >> 1) % 10] ?? anApp(),
      intervalMs: 15 * MINUTE,
    }),
  );
  const { scheduler, probes, most, bugs } = recordProbes({
    probeMs: (target) => (Number(target.mailbox.id.slice(4)) % 11 === 0 ? 30_000 : 700),
    concurrency: { total: 8, perApp: 3 },
    random: Math.random,
  });
  scheduler.update(targets);
  for (let hour = 0; hour < 24; hour += 1) await passMs(60 * MINUTE);
  await scheduler.close();
  expect(bugs).toEqual([]);
  expect(most.underWay).toBe(8);
  expect(most.ofOneApp).toBe(3);
  const counts = Map.groupBy(probes, ({ key }) => key);
  expect(counts.size).toBe(1_000);
  const perTarget = Array.from(counts.values(), (own) => own.length);
  expect(Math.min(...perTarget)).toBeGreaterThanOrEqual(95);
  expect(Math.max(...perTarget)).toBeLessThanOrEqual(97);
});
