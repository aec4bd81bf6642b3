import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AffectedMailbox } from '../../src/model/incident.ts';
import {
  affectedAfter,
  affectedNow,
  COMES_BACK_WITHIN_MS,
  hasJoined,
  sortedById,
} from '../../src/status/affected-mailboxes.ts';

const HOUR_MS = COMES_BACK_WITHIN_MS;
const id = fc.constantFrom('a', 'b', 'c', 'd');
/** A time in half hours, so that some spans end within an hour of the next one. */
const time = fc.nat(12).map((halfHours) => (halfHours * HOUR_MS) / 2);
const span: fc.Arbitrary<AffectedMailbox> = fc.record(
  { id, since: time, until: time },
  { requiredKeys: ['id', 'since'] },
);
const spans = fc
  .uniqueArray(span, { selector: (one) => `${one.id} ${one.since}`, maxLength: 8 })
  .map(sortedById);
const present = fc.uniqueArray(id).map((ids) => ids.toSorted());

describe('the mailboxes of an incident after a change', () => {
  test('each present mailbox has an open latest span, and each other one has none', () => {
    fc.assert(
      fc.property(spans, present, time, (before, now, leftAt) => {
        const turns = { joinedAt: () => 9 * HOUR_MS, leftAt: () => leftAt };
        const latest = new Map(affectedAfter(before, now, turns).map((one) => [one.id, one]));
        for (const { id: mailbox, until } of latest.values())
          expect(until === undefined).toBe(now.some((one) => one === mailbox));
      }),
    );
  });

  test('they stay sorted, and no mailbox that was affected is lost', () => {
    fc.assert(
      fc.property(spans, present, time, time, (before, now, joinedAt, leftAt) => {
        const after = affectedAfter(before, now, { joinedAt: () => joinedAt, leftAt: () => leftAt });
        expect(after).toEqual(sortedById(after));
        expect(new Set(after.map((one) => one.id))).toEqual(
          new Set([...before.map((one) => one.id), ...now]),
        );
      }),
    );
  });

  test('the same mailboxes give the same array', () => {
    fc.assert(
      fc.property(present, time, (now, joinedAt) => {
        const turns = { joinedAt: () => joinedAt, leftAt: () => joinedAt };
        const before = affectedAfter([], now, turns);
        expect(affectedAfter(before, now, turns)).toBe(before);
      }),
    );
  });

  test.each([
    ['continues its span within an hour', HOUR_MS, [{ id: 'a', since: 0 }]],
    [
      'begins a new span after an hour',
      HOUR_MS + 1,
      [
        { id: 'a', since: 0, until: 5 },
        { id: 'a', since: HOUR_MS + 6 },
      ],
    ],
  ])('one that is affected again %s', (_, afterMs, expected) => {
    const before = [{ id: 'a', since: 0, until: 5 }];
    const turns = { joinedAt: () => 5 + afterMs, leftAt: () => 0 };
    expect(affectedAfter(before, ['a'], turns)).toEqual(expected);
  });
});

test('a mailbox has joined if it is affected now and was not before', () => {
  fc.assert(
    fc.property(spans, spans, (before, after) => {
      const known = new Set(affectedNow(before));
      expect(hasJoined(before, after)).toBe(affectedNow(after).some((one) => !known.has(one)));
    }),
  );
});
