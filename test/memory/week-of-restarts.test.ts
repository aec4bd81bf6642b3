/**
 * A week in which the daemon restarts every night, in the middle of what is wrong: everything is announced once, and the
 * week reads as one without restarts.
 */
import { expect, test } from 'vitest';
import { parseSchedule } from '../../src/model/schedule.ts';
import { aTarget } from '../support/builders.ts';
import type { ProbeName } from '../status/story.ts';
import { HOUR, MINUTE, remember, type Remembered } from './world.ts';

const STEP_MS = 5 * MINUTE;
const DAYS = 7;

const A = aTarget({ mailbox: 'a' });
const B = aTarget({ mailbox: 'b' });
const C = aTarget({ mailbox: 'c' });

/** Hours since Sunday noon: the nights are at 12, 36, 60, 84, 108, 132 and 156. */
const FAULTS: readonly {
  readonly mailbox: string;
  readonly from: number;
  readonly until: number;
  readonly as: ProbeName;
}[] = [
  // Across the first restart.
  { mailbox: 'a', from: 10, until: 14, as: 'refused' },
  // Over half an hour before the second; back half an hour after it.
  { mailbox: 'a', from: 34, until: 35.5, as: 'refused' },
  { mailbox: 'a', from: 36.4, until: 38, as: 'refused' },
  // One failure before the third restart, one after it: confirmed across it.
  { mailbox: 'b', from: 59.95, until: 61, as: 'refused' },
  // Of the app, across the fourth.
  { mailbox: 'a', from: 83, until: 85, as: 'secret expired' },
  { mailbox: 'b', from: 83, until: 85, as: 'secret expired' },
  { mailbox: 'c', from: 83, until: 85, as: 'secret expired' },
  // In a window that ends after the fifth, while it is down.
  { mailbox: 'b', from: 107.5, until: 112, as: 'refused' },
  // For two days and two nights.
  { mailbox: 'c', from: 120, until: 165, as: 'refused' },
];

function outcomeAt(mailbox: string, hour: number): ProbeName {
  return (
    FAULTS.find((fault) => fault.mailbox === mailbox && hour >= fault.from && hour < fault.until)?.as ?? 'ok'
  );
}

async function week(nightly: (world: Remembered) => Promise<void>): Promise<Remembered> {
  const schedule = parseSchedule('Thu 23:00-01:00');
  if (typeof schedule === 'string') throw new Error(schedule);
  const world = remember([A, B, C], {
    plans: [{ id: 'patches', schedule, timezone: 'UTC', note: '' }],
    windows: [],
  });
  const began = world.now();
  while (world.now() < began + DAYS * 24 * HOUR) {
    const hour = (world.now() - began) / HOUR;
    if (hour % 24 === 12) await nightly(world);
    for (const target of [A, B, C]) world.probe(target, outcomeAt(target.mailbox.id, hour));
    await world.pass(STEP_MS);
  }
  return world;
}

const announced = ({ planned }: Remembered): readonly string[] =>
  planned.map(({ kind, at, incident }) =>
    [kind, new Date(at).toISOString(), incident.cause, incident.subject].join(' '),
  );

test('nothing is announced twice in a week with nightly restarts', async () => {
  const whole = await week(async () => undefined);
  let restarts = 0;
  const restarted = await week(async (world) => {
    restarts += 1;
    await world.restart();
  });
  expect(restarts).toBe(DAYS);
  const openings = restarted.planned.filter(({ kind }) => kind === 'opened');
  expect(new Set(openings.map(({ incident }) => incident.id)).size).toBe(openings.length);
  expect(openings.map(({ incident }) => `${incident.cause} ${incident.subject}`)).toEqual([
    'mailbox-permission-missing a',
    'mailbox-permission-missing a',
    'mailbox-permission-missing b',
    'secret-expired plm',
    'mailbox-permission-missing b',
    'mailbox-permission-missing c',
  ]);
  expect(announced(restarted)).toEqual(announced(whole));
  expect(restarted.sent).toEqual(whole.sent);
  const course = async (world: Remembered): Promise<unknown> =>
    (await world.stored()).map(({ opened, closed, spells, maintenance, affectedMailboxes }) => ({
      opened,
      closed,
      spells,
      maintenance,
      affectedMailboxes,
    }));
  expect(await course(restarted)).toEqual(await course(whole));
});
