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

beforeEach(() => {
  vi.useFakeTimers();
  news = [];
  announced = [];
  announcer = createAnnouncer(
    () => news.splice(0),
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

test('nothing is announced after the end', () => {
  news.push(OPENED);
  announcer.note();
  announcer.close();
  announcer.note();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(2_000);
  expect(announced).toEqual([]);
});
