/** When is it announced that a problem opened or closed? */
import { setImmediate } from 'node:timers/promises';
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
  // The turns of a round stay real, because all rounds of the process share them.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
  news = [];
  announced = [];
  takesMs = 0;
  announcer = createAnnouncer({
    *takeNews() {
      vi.advanceTimersByTime(takesMs);
      yield;
      return news.splice(0);
    },
    announce: (change) => announced.push(change),
    onBug: (error) => {
      throw error;
    },
  });
});
/** A round in these tests takes fewer turns of the event loop than this. */
const TURNS = 5;

async function pass(ms: number): Promise<void> {
  vi.advanceTimersByTime(ms);
  for (let turn = 0; turn < TURNS; turn += 1) await setImmediate();
}

afterEach(() => {
  announcer.close();
  vi.useRealTimers();
});

test('news is announced once, a second after the probe that caused it', async () => {
  news.push(OPENED);
  announcer.note();
  announcer.note();
  expect(announced).toEqual([]);
  await pass(1_000);
  expect(announced).toEqual([OPENED]);
  announcer.note();
  await pass(1_000);
  expect(announced).toEqual([OPENED]);
  expect(vi.getTimerCount()).toBe(0);
});

test('after a round that took long, the next one comes later, but within five seconds', async () => {
  const pauses = [];
  for (const workMs of [0, 30, 400, 0]) {
    news.push(OPENED);
    takesMs = workMs;
    announced = [];
    announcer.note();
    const began = Date.now();
    while (announced.length === 0) await pass(100);
    pauses.push(Date.now() - began - workMs);
  }
  expect(pauses).toEqual([1_000, 1_000, 3_000, 5_000]);
});

test('nothing is announced after the end', async () => {
  news.push(OPENED);
  announcer.note();
  announcer.close();
  announcer.note();
  expect(vi.getTimerCount()).toBe(0);
  await pass(2_000);
  expect(announced).toEqual([]);
});
