import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAdaptiveCaps, type AdaptiveCaps } from '../../src/schedule/adaptive-caps.ts';
import { type CapRange, concurrencyOf, exactly, halvedCap, nextCap } from '../../src/schedule/caps.ts';
import { expectedShortfalls, shortfallText } from '../../src/schedule/capacity.ts';
import { anApp, aTarget } from '../support/builders.ts';

const aRange = fc
  .tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 500 }))
  .map(
    ([least, more, evenMore]): CapRange => ({ least, start: least + more, most: least + more + evenMore }),
  );
const aNeed = fc.double({ min: 0, max: 10_000, noNaN: true });

/** A range, and a cap that lies in it. */
const aCap = aRange.chain((range) =>
  fc.tuple(fc.constant(range), fc.double({ min: range.least, max: range.most, noNaN: true })),
);

describe('the next cap', () => {
  test('lies in its range, and is at most a tenth more than the one before', () => {
    fc.assert(
      fc.property(aCap, aNeed, ([range, cap], needed) => {
        const next = nextCap(range, cap, needed);
        expect(next).toBeGreaterThanOrEqual(range.least);
        expect(next).toBeLessThanOrEqual(range.most);
        expect(next).toBeLessThanOrEqual(cap * 1.1 + 1e-9);
      }),
    );
  });

  test('is enough for what is needed within as many rounds as growth takes, and stays there', () => {
    fc.assert(
      fc.property(aCap, aNeed, ([range, first], needed) => {
        let cap = first;
        for (let round = 0; round < 80; round += 1) cap = nextCap(range, cap, needed);
        expect(cap).toBeGreaterThanOrEqual(Math.min(needed, range.most) - 1e-6);
        expect(nextCap(range, cap, needed)).toBeCloseTo(cap, 6);
      }),
    );
  });

  test('never falls when more is needed', () => {
    fc.assert(
      fc.property(aCap, aNeed, aNeed, ([range, cap], needed, more) => {
        expect(nextCap(range, cap, needed + more)).toBeGreaterThanOrEqual(nextCap(range, cap, needed));
      }),
    );
  });

  test('is the value that an operator has set, whatever is needed or throttled', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), aNeed, fc.nat(500), (set, needed, underWay) => {
        expect(nextCap(exactly(set), set, needed)).toBe(set);
        expect(halvedCap(exactly(set), set, underWay)).toBe(set);
      }),
    );
  });

  test('is half of what was in use after a server throttled, or less', () => {
    fc.assert(
      fc.property(aCap, fc.integer({ min: 1, max: 500 }), ([range, cap], underWay) => {
        const halved = halvedCap(range, cap, underWay);
        expect(halved).toBeGreaterThanOrEqual(range.least);
        expect(halved).toBeLessThanOrEqual(Math.max(range.least, cap / 2, underWay / 2));
        expect(halved).toBeLessThanOrEqual(Math.max(range.least, cap / 2));
      }),
    );
  });
});

describe('the caps of a process', () => {
  test.each([
    ['with descriptors to spare', {}, 10_000, { least: 50, start: 50, most: 400 }],
    ['with 1,024 file descriptors', {}, 327, { least: 50, start: 50, most: 327 }],
    ['with 64 file descriptors', {}, 6, { least: 6, start: 6, most: 6 }],
    ['as set', { total: 1_000 }, 10_000, exactly(1_000)],
    ['as set, but with 1,024 file descriptors', { total: 1_000 }, 327, exactly(327)],
  ])('%s', (_, settings, limit, total) => {
    expect(concurrencyOf(settings, limit).total).toEqual(total);
  });
});

/** 20,000 targets of one app every five minutes: 66.7 are due per second. */
const LARGE = Array.from({ length: 10_000 }, (_, at) =>
  (['imap', 'pop3'] as const).map((protocol) => aTarget({ mailbox: `box-${at}`, protocol })),
).flat();

/** `count` rounds in which probes of the app end like that. */
function play(
  caps: AdaptiveCaps,
  count: number,
  outcome: 'succeeded' | 'throttled' | 'timed out',
  seconds: number,
): readonly number[] {
  return Array.from({ length: count }, () => {
    for (let probe = 0; probe < 200; probe += 1)
      if (outcome !== 'timed out') caps.note('plm', outcome, seconds, caps.perApp('plm'));
    roundMs += 15_000;
    caps.review(roundMs);
    return caps.perApp('plm');
  });
}
let roundMs = 0;

describe('the caps of a running fleet', () => {
  test('follow the seconds of successful probes, a tenth a round', () => {
    const caps = createAdaptiveCaps(concurrencyOf({}));
    caps.setFleet(LARGE);
    const grown = play(caps, 20, 'succeeded', 0.4);
    expect(grown.slice(0, 5)).toEqual([11, 12, 13, 14, 16]);
    // 66.7 a second of 0.4 s each are 26.7 at once, and half as many more.
    expect(grown.at(-1)).toBe(40);
    expect(play(caps, 2, 'succeeded', 0.4)).toEqual([40, 40]);
  });

  test('stop at 50 per app and 400 in all, however slow the servers are', () => {
    const apps = Array.from({ length: 20 }, (_, at) => anApp({ id: `app-${at}` }));
    const caps = createAdaptiveCaps(concurrencyOf({}));
    caps.setFleet(LARGE.map((target, at) => ({ ...target, app: apps[at % 20] ?? anApp() })));
    for (let round = 1; round <= 60; round += 1) {
      for (const { id } of apps)
        for (let probe = 0; probe < 60; probe += 1) caps.note(id, 'succeeded', 30, caps.perApp(id));
      caps.review(round * 15_000);
    }
    expect(apps.map(({ id }) => caps.perApp(id))).toEqual(apps.map(() => 50));
    expect(caps.total()).toBe(400);
  });

  test('halve once a round where the server throttles, and grow again when it does not', () => {
    const caps = createAdaptiveCaps(concurrencyOf({}));
    caps.setFleet(LARGE);
    play(caps, 30, 'succeeded', 0.5);
    expect(caps.perApp('plm')).toBe(50);
    expect(play(caps, 3, 'throttled', 0.1)).toEqual([25, 12, 6]);
    expect(play(caps, 2, 'succeeded', 0.5)).toEqual([6, 7]);
    expect(play(caps, 30, 'succeeded', 0.5).at(-1)).toBe(50);
  });

  test('do not react to time-outs', () => {
    const caps = createAdaptiveCaps(concurrencyOf({}));
    caps.setFleet(LARGE);
    const before = play(caps, 5, 'succeeded', 0.2).at(-1);
    expect(new Set(play(caps, 20, 'timed out', 30))).toEqual(new Set([before]));
  });

  test('stay as an operator has set them', () => {
    const caps = createAdaptiveCaps(concurrencyOf({ total: 70, perApp: 7 }));
    caps.setFleet(LARGE);
    play(caps, 10, 'succeeded', 2);
    play(caps, 3, 'throttled', 2);
    expect([caps.total(), caps.perApp('plm')]).toEqual([70, 7]);
  });

  test('are those of a new configuration at once, and keep what they have learned where it is the same', () => {
    const caps = createAdaptiveCaps(concurrencyOf({}));
    caps.setFleet(LARGE);
    play(caps, 10, 'succeeded', 0.5);
    const learned = caps.perApp('plm');
    caps.setRanges(concurrencyOf({}));
    expect(caps.perApp('plm')).toBe(learned);
    caps.setRanges(concurrencyOf({ perApp: 3 }));
    expect(caps.perApp('plm')).toBe(3);
  });
});

describe('a fleet that does not fit', () => {
  test('is said by how much, the worst first', () => {
    expect(expectedShortfalls(LARGE, concurrencyOf({ perApp: 10 })).map(shortfallText)).toEqual([
      'app plm: 67 probes a second are due; at 1 s each, 67 must run at once, and 10 may; a round takes 33 min 20 s in place of 5 min (567 % longer)',
    ]);
    expect(expectedShortfalls(LARGE, concurrencyOf({ total: 60, perApp: 100 })).map(shortfallText)).toEqual([
      'all apps together: 67 probes a second are due; at 1 s each, 67 must run at once, and 60 may; a round takes 5 min 33 s in place of 5 min (11 % longer)',
    ]);
  });

  test('is none where it fits', () => {
    expect(expectedShortfalls(LARGE.slice(0, 14_000), concurrencyOf({}))).toEqual([]);
  });
});
