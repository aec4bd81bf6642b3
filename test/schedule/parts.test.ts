import { describe, expect, test } from 'vitest';
import { createDueHeap } from '../../src/schedule/due-heap.ts';
import { createFairQueue } from '../../src/schedule/fair-queue.ts';
import { firstProbeWindowMs, nextInRhythm, shareOf } from '../../src/schedule/rhythm.ts';

test('the heap gives back what it was given, the earliest first', () => {
  const heap = createDueHeap<{ dueMs: number }>();
  const given = Array.from({ length: 1_000 }, (_, at) => ({ dueMs: Math.floor(shareOf(`${at}`) * 300) }));
  const sorted = given.map(({ dueMs }) => dueMs).sort((a, b) => a - b);
  for (const item of given) heap.push(item);
  expect(heap.peek()?.dueMs).toBe(sorted[0]);
  expect(given.map(() => heap.pop()?.dueMs)).toEqual(sorted);
  expect(heap.pop()).toBeUndefined();
  expect(heap.peek()).toBeUndefined();
});

test('the queue serves its lanes in turn, and each in order', () => {
  const queue = createFairQueue<string>();
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.add(item.charAt(0), item);
  const all = Array.from({ length: 7 }, () =>
    queue.take(
      () => true,
      () => true,
    ),
  );
  expect(all).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', undefined]);
});

test('a closed lane, and an item that may not start, keep their places', () => {
  const queue = createFairQueue<string>();
  for (const item of ['a1', 'b1', 'b2']) queue.add(item.charAt(0), item);
  const take = (lane: RegExp, item: RegExp): string | undefined =>
    queue.take(
      (name) => lane.test(name),
      (name) => item.test(name),
    );
  expect(take(/b/, /2/)).toBe('b2');
  expect([...queue.heads()]).toEqual(['a1', 'b1']);
  expect(take(/./, /./)).toBe('a1');
  expect(take(/a/, /./)).toBeUndefined();
  expect(take(/./, /./)).toBe('b1');
});

describe('the rhythm', () => {
  test.each([
    ['before the first', 0, 250, 250],
    ['at one, which is over', 250, 250, 1_250],
    ['just after one', 251, 250, 1_250],
    ['long after', 10_250.5, 250, 11_250],
  ])('%s', (_, afterMs, phaseMs, expected) => {
    expect(nextInRhythm(0, 1_000, phaseMs / 1_000, afterMs)).toBe(expected);
  });

  test('always moves on, however numbers are rounded', () => {
    for (let at = 0; at < 20_000; at += 1) {
      const share = shareOf(`box-${at} imap`);
      const afterMs = nextInRhythm(1_234.567_8, 300_000, share, at * 1e7);
      expect(nextInRhythm(1_234.567_8, 300_000, share, afterMs)).toBeGreaterThan(afterMs);
    }
  });

  test('keys that are alike are spread evenly: each tenth of the interval has its share', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let at = 0; at < 10_000; at += 1) {
      const tenth = Math.floor(shareOf(`mailbox-${at >> 1} ${at % 2 === 0 ? 'imap' : 'pop3'}`) * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  test.each([
    [1, 2_000],
    [20, 2_000],
    [100, 10_000],
    [20_000, 300_000],
  ])('first probes of %i targets every five minutes take %i ms', (count, windowMs) => {
    expect(firstProbeWindowMs(count, 300_000)).toBe(windowMs);
  });

  test('a window is never longer than the interval', () => {
    expect(firstProbeWindowMs(1, 1_000)).toBe(1_000);
  });
});
