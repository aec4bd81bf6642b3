import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { App } from '../../../src/model/target.ts';
import {
  type CredentialSchedule,
  createCredentialSchedule,
  type CaseSource,
} from '../../../src/probe/credential/credential-schedule.ts';
import { anApp, NOON } from '../../support/builders.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Done {
  readonly app: string;
  readonly at: number;
  readonly source: CaseSource;
}

let done: Done[];
let bugs: unknown[];
let schedule: CredentialSchedule;
/** What the next checks come to; a check under way ends when its promise does. */
let outcome: () => Promise<boolean>;

const at = (app: string): readonly number[] =>
  done.filter((one) => one.app === app).map((one) => Math.round((one.at - NOON) / SECOND));

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  done = [];
  bugs = [];
  outcome = async () => true;
  schedule = createCredentialSchedule({
    check: async (app, { source }) => {
      done.push({ app: app.id, at: Date.now(), source });
      return await outcome();
    },
    onBug: (error) => bugs.push(error),
    random: () => 0.5,
  });
});
afterEach(async () => {
  await schedule.close();
  vi.useRealTimers();
});

const apps = (count: number, changes: Partial<App> = {}): readonly App[] =>
  Array.from({ length: count }, (_, index) => anApp({ id: `app-${index}`, ...changes }));

test('a day: the first check at once, then one an hour for each app', async () => {
  schedule.update(apps(3));
  await vi.advanceTimersByTimeAsync(24 * HOUR);
  expect(done).toHaveLength(3 * 24);
  expect(at('app-1').slice(0, 3)).toEqual([0, 3600, 7200]);
});

test('the first checks of many apps are spread', async () => {
  schedule.update(apps(100));
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(new Set(done.map((one) => one.at)).size).toBe(100);
});

test('the interval is jittered by a tenth', async () => {
  const chances = [0, 1, 0, 1];
  await schedule.close();
  schedule = createCredentialSchedule({
    check: async (app, { source }) => {
      done.push({ app: app.id, at: Date.now(), source });
      return true;
    },
    onBug: (error) => bugs.push(error),
    random: () => chances.shift() ?? 0.5,
  });
  schedule.update(apps(1));
  await vi.advanceTimersByTimeAsync(3 * HOUR - MINUTE);
  expect(at('app-0').map((seconds) => Math.round(seconds / 60))).toEqual([0, 54, 120, 174]);
});

test('a changed file is checked at once, and the next turn is an interval later', async () => {
  schedule.update(apps(2));
  await vi.advanceTimersByTimeAsync(30 * MINUTE);
  schedule.ask('app-0', 'file-changed');
  await vi.advanceTimersByTimeAsync(61 * MINUTE);
  expect(at('app-0')).toEqual([0, 1800, 5400]);
  expect(done.filter(({ source }) => source === 'file-changed')).toHaveLength(1);
  expect(at('app-1')).toEqual([0, 3600]);
});

test('forty failing logins are one check, ten minutes after the last at the earliest', async () => {
  schedule.update(apps(1));
  await vi.advanceTimersByTimeAsync(4 * MINUTE);
  for (let mailbox = 0; mailbox < 40; mailbox += 1) schedule.ask('app-0', 'login-failed');
  await vi.advanceTimersByTimeAsync(5 * MINUTE);
  expect(done).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2 * MINUTE);
  expect(done.map(({ source }) => source)).toEqual(['due', 'login-failed']);
  for (let minute = 0; minute < 60; minute += 1) {
    schedule.ask('app-0', 'login-failed');
    await vi.advanceTimersByTimeAsync(MINUTE);
  }
  expect(done.length).toBeLessThanOrEqual(2 + 6);
});

test('a check requested during another follows it, and two never run at once', async () => {
  const gates: PromiseWithResolvers<boolean>[] = [];
  outcome = async () => {
    const gate = Promise.withResolvers<boolean>();
    gates.push(gate);
    return await gate.promise;
  };
  schedule.update(apps(1));
  await vi.advanceTimersByTimeAsync(SECOND);
  schedule.ask('app-0', 'login-failed');
  schedule.ask('app-0', 'file-changed');
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(done).toHaveLength(1);
  gates[0]?.resolve(true);
  await vi.advanceTimersByTimeAsync(SECOND);
  expect(done.map(({ source }) => source)).toEqual(['due', 'file-changed']);
  gates[1]?.resolve(true);
});

test('a check that came to nothing is tried again in five minutes, and after an error of ours at the next turn', async () => {
  outcome = async () => false;
  schedule.update(apps(1));
  await vi.advanceTimersByTimeAsync(6 * MINUTE);
  expect(at('app-0')).toEqual([0, 300]);
  outcome = async () => await Promise.reject(new Error('a bug'));
  await vi.advanceTimersByTimeAsync(5 * MINUTE);
  expect(bugs).toHaveLength(1);
  outcome = async () => true;
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(at('app-0')).toEqual([0, 300, 600, 4200]);
});

test('a reload ends the checks of apps that are gone, keeps the turns of the others, and shortens what is too long', async () => {
  schedule.update(apps(2));
  await vi.advanceTimersByTimeAsync(30 * MINUTE);
  schedule.update(apps(1));
  await vi.advanceTimersByTimeAsync(31 * MINUTE);
  expect([at('app-0'), at('app-1')]).toEqual([[0, 3600], [0]]);
  schedule.update(apps(1, { credentialIntervalMs: MINUTE }));
  await vi.advanceTimersByTimeAsync(3 * MINUTE);
  expect(at('app-0')).toHaveLength(5);
});

test('closing waits for the check under way and starts no other', async () => {
  const gate = Promise.withResolvers<boolean>();
  outcome = async () => await gate.promise;
  schedule.update(apps(1));
  await vi.advanceTimersByTimeAsync(SECOND);
  const closed = schedule.close();
  let ended = false;
  void closed.then(() => (ended = true));
  await vi.advanceTimersByTimeAsync(SECOND);
  expect(ended).toBe(false);
  gate.resolve(true);
  await closed;
  schedule.ask('app-0', 'file-changed');
  expect(vi.getTimerCount()).toBe(0);
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(done).toHaveLength(1);
});
