import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CONDITIONS, type Condition } from '../../src/model/availability.ts';
import { availabilityOf } from '../../src/store/availability.ts';
import { conditionsOf } from '../../src/store/conditions.ts';
import { aWindow } from './builders.ts';

const WINDOW = { from: 0, until: 100 };
const MAILBOX = { mailbox: 'qms', app: 'plm', labels: {} };

test('an outage during which nobody watched, then maintenance', () => {
  const watch = {
    sessions: [
      { from: -10, until: 30 },
      { from: 40, until: 100 },
    ],
    maintenance: [aWindow('w', 50, 60)],
  };
  const changes = [
    { at: -5, state: 'up' },
    { at: 20, state: 'down' },
    { at: 70, state: 'up' },
    { at: 90, state: 'removed' },
  ] as const;
  const spans = conditionsOf(WINDOW, watch, { ...MAILBOX, targets: [changes] });
  expect(spans.map(({ from, until, condition }) => `${from}-${until} ${condition}`)).toEqual([
    '0-20 up',
    '20-30 down',
    '30-40 not-watched',
    '40-50 down',
    '50-60 maintenance',
    '60-70 down',
    '70-90 up',
    '90-100 not-watched',
  ]);
});

describe('whatever happened', () => {
  const at = fc.integer({ min: -20, max: 120 });
  const span = fc.tuple(at, at).map(([from, until]) => ({ from, until }));
  const change = fc.record({ at, state: fc.constantFrom('up', 'down', 'unknown', 'removed') });
  const story = fc.record({
    targets: fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 2 }),
    sessions: fc.array(span, { maxLength: 4 }),
    maintenance: fc.array(
      span.map(({ from, until }) => aWindow('w', from, until)),
      { maxLength: 3 },
    ),
  });

  test('the spans cover the window without gaps, and add up to the availability', () => {
    fc.assert(
      fc.property(story, ({ targets, ...watch }) => {
        const spans = conditionsOf(WINDOW, watch, { ...MAILBOX, targets });
        expect(spans[0]?.from).toBe(WINDOW.from);
        expect(spans.at(-1)?.until).toBe(WINDOW.until);
        for (const [n, { from }] of spans.slice(1).entries()) expect(from).toBe(spans[n]?.until);

        const sums: Record<Condition, number> = {
          up: 0,
          down: 0,
          unknown: 0,
          maintenance: 0,
          'not-watched': 0,
        };
        for (const { condition, from, until } of spans) sums[condition] += until - from;
        const expected = availabilityOf(WINDOW, watch)({ ...MAILBOX, targets, incidents: [] });
        expect(CONDITIONS.map((condition) => sums[condition])).toEqual([
          expected.notWatchedMs,
          expected.maintenanceMs,
          expected.downMs,
          expected.unknownMs,
          expected.upMs,
        ]);
      }),
    );
  });
});
