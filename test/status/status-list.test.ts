import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { asOf } from '../../src/model/freshness.ts';
import { targetKey } from '../../src/model/target.ts';
import type { TargetStatus } from '../../src/model/status.ts';
import { createStatusList } from '../../src/status/status-list.ts';
import { newRecord } from '../../src/status/target-record.ts';
import { aTarget } from '../support/builders.ts';

const MINUTE = 60_000;
/** More than one part of the list. */
const MANY = 600;

function statusOf(at: number, resultAt?: number): TargetStatus {
  const { status } = newRecord(aTarget({ mailbox: `box-${at}` }), 0);
  return { ...status, confirmed: 'up', ...(resultAt === undefined ? {} : { resultAt }) };
}

function* entriesOf(statuses: Iterable<TargetStatus>): Iterable<readonly [string, TargetStatus]> {
  for (const status of statuses) yield [targetKey(status.target), status];
}

const change = fc.oneof(
  fc.record({ put: fc.nat(MANY + 5), minutes: fc.nat(60) }),
  fc.record({ drop: fc.nat(MANY) }),
  // One step of reading the list again. Changes may come between two steps.
  fc.record({ fills: fc.constant(true) }),
  fc.record({ readAt: fc.integer({ min: -30, max: 90 }) }),
);

test('after any changes, the list shows each status as of now, and what was read before is unchanged', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const statuses = new Map(Array.from({ length: MANY }, (_, at) => [at, statusOf(at, 0)]));
      const list = createStatusList(() => entriesOf(statuses.values()));
      const reads: Record<'read' | 'copy' | 'expected', readonly TargetStatus[]>[] = [];
      for (const one of changes) {
        if ('put' in one) {
          const status = statusOf(one.put, one.minutes * MINUTE);
          statuses.set(one.put, status);
          list.put(targetKey(status.target), status);
        } else if ('drop' in one) {
          statuses.delete(one.drop);
          list.reset();
        } else if ('fills' in one) list.fill()[Symbol.iterator]().next();
        else {
          const now = one.readAt * MINUTE;
          const read = list.asOf(now);
          reads.push({ read, copy: [...read], expected: asOf([...statuses.values()], now) });
        }
      }
      expect(list.all()).toEqual([...statuses.values()]);
      for (const { read, copy, expected } of reads) {
        expect(copy).toEqual(expected);
        expect(read).toEqual(copy);
      }
    }),
    { numRuns: 60 },
  );
});

test('the list is the same array until a status changes', () => {
  const statuses = [statusOf(0, 0), statusOf(1)];
  const list = createStatusList(() => entriesOf(statuses));
  const before = list.asOf(MINUTE);
  expect(list.asOf(2 * MINUTE)).toBe(before);
  expect(list.all()).toBe(before);
  const changed = statusOf(1, MINUTE);
  list.put(targetKey(changed.target), changed);
  expect(list.all()).not.toBe(before);
});
