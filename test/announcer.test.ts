/** When is it announced that a problem opened or closed? */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Announcer, createAnnouncer } from '../src/announcer.ts';
import type { ProblemChange } from '../src/model/status.ts';
import { aDiagnosis, NOON } from './support/builders.ts';

const OPENED: ProblemChange = {
  kind: 'opened',
  at: NOON,
  after: { ...aDiagnosis(), id: 'secret-expired:app:plm', since: NOON, affectedMailboxes: ['a'] },
};

let news: ProblemChange[];
let announced: ProblemChange[];
let announcer: Announcer;
let takesMs: number;

beforeEach(() => {
  vi.useFakeTimers();
  news = [];
  announced = [];
  takesMs = 0;
  announcer = createAnnouncer(
    () => {
      vi.advanceTimersByTime(takesMs);
      return news.splice(0);
    },
    (change) => announced.push(change),
  );
});
afterEach(() => {
  announcer.close();
  vi.useRealTimers();
});

test('news is announced once, a second after the probe that caused it', () => {
  news.push(OPENED);
  announcer.note();
  announcer.note();
  expect(announced).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(announced).toEqual([OPENED]);
  announcer.note();
  vi.advanceTimersByTime(1_000);
  expect(announced).toEqual([OPENED]);
  expect(vi.getTimerCount()).toBe(0);
});

test('after a round that took long, the next one comes later, but within five seconds', () => {
  const pauses = [];
  for (const workMs of [0, 30, 400, 0]) {
    news.push(OPENED);
    takesMs = workMs;
    announced = [];
    announcer.note();
    const began = Date.now();
    while (announced.length === 0) vi.advanceTimersByTime(100);
    pauses.push(Date.now() - began - workMs);
  }
  expect(pauses).toEqual([1_000, 1_000, 3_000, 5_000]);
});

test('nothing is announced after the end', () => {
  news.push(OPENED);
  announcer.note();
  announcer.close();
  announcer.note();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(2_000);
  expect(announced).toEqual([]);
});
