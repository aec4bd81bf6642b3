import { describe, expect, test } from 'vitest';
import { isStale } from '../../src/model/freshness.ts';
import { isSameTarget, targetIdentity, targetKey } from '../../src/model/target.ts';
import { anApp, aTarget } from '../support/builders.ts';
import { INTERVAL_MS, rounds, told, type Rounds } from './rounds.ts';
import type { ProbeName } from './story.ts';

const REFUSED: readonly ProbeName[] = Array.from({ length: 6 }, () => 'refused');
const OK: readonly ProbeName[] = Array.from({ length: 6 }, () => 'ok');

/** What each probe comes to, five minutes apart. */
const STORIES: readonly [string, readonly ProbeName[]][] = [
  ['a clean outage', [...OK, ...REFUSED, ...OK]],
  ['a mailbox that never worked', [...REFUSED, ...REFUSED]],
  ['a second spell', [...OK, 'refused', 'refused', 'ok', 'refused', 'refused', ...OK, 'ok']],
  ['every third login refused', [0, 1, 2, 3, 4, 5].flatMap((): ProbeName[] => ['ok', 'ok', 'refused'])],
  [
    'our own network down in the middle',
    [...OK, ...REFUSED, 'both silent', 'both silent', ...REFUSED, ...OK],
  ],
  ['an expired secret', [...OK, 'secret expired', 'secret expired', 'secret expired', ...OK]],
];

const target = aTarget();

function tell(probes: readonly ProbeName[], restartBefore?: number): Rounds {
  const story = rounds(target);
  for (const [at, probe] of probes.entries()) {
    if (at === restartBefore) story.restart();
    story.probe(target, probe);
    story.pass(INTERVAL_MS);
  }
  return story;
}

describe('a restart at any point announces nothing twice and forgets nothing', () => {
  test.each(STORIES)('%s', (_, probes) => {
    const whole = tell(probes);
    expect(whole.changes().length).toBeGreaterThan(0);
    for (const at of probes.keys()) {
      const restarted = tell(probes, at);
      expect(told(restarted.changes()), `restarted before probe ${at}`).toEqual(told(whole.changes()));
      expect(restarted.states()).toEqual(whole.states());
      expect(restarted.stateChanges()).toEqual(whole.stateChanges());
      expect(
        restarted
          .incidents()
          .map(({ opened, spells, affectedMailboxes }) => [opened, spells, affectedMailboxes]),
      ).toEqual(
        whole.incidents().map(({ opened, spells, affectedMailboxes }) => [opened, spells, affectedMailboxes]),
      );
      const status = restarted.store().get(targetKey(target));
      const expected = whole.store().get(targetKey(target));
      expect(status?.confirmedSince).toBe(expected?.confirmedSince);
      expect(status?.failingSince).toBe(expected?.failingSince);
      expect(status?.lastSuccess).toBe(expected?.lastSuccess);
      expect(status?.probesTotal).toBe(expected?.probesTotal);
    }
  });
});

test('a mailbox that worked before the restart is never said not to have worked', () => {
  const story = rounds(target);
  story.probe(target, 'ok');
  story.pass(INTERVAL_MS);
  story.restart();
  for (let probe = 0; probe < 3; probe += 1) {
    story.probe(target, 'refused');
    story.pass(INTERVAL_MS);
  }
  const { lastSuccess, lastProbe } = story.store().get(targetKey(target)) ?? {};
  expect(lastSuccess).toBeDefined();
  expect(lastProbe?.diagnoses[0]?.evidence.join(' ')).not.toMatch(/has not opened since/);
});

test('a problem comes back with its beginning and its verdict', () => {
  const story = rounds(target);
  for (const probe of ['ok', 'refused', 'refused'] as const) {
    story.probe(target, probe);
    story.pass(INTERVAL_MS);
  }
  const before = story.store().problems(story.now());
  story.restart();
  expect(story.store().problems(story.now())).toEqual(before);
});

test('a state that is too old comes back as unknown, with everything else kept', () => {
  const story = rounds(target);
  for (const probe of ['ok', 'refused', 'refused'] as const) {
    story.probe(target, probe);
    story.pass(INTERVAL_MS);
  }
  story.pass(3_600_000);
  story.restart();
  expect(story.store().get(targetKey(target))).toMatchObject({ confirmed: 'unknown', probesTotal: 3 });
  expect(story.incidents()).toMatchObject([{ state: 'open' }]);
  expect(told(story.changes())).toEqual(['opened mailbox-permission-missing']);
  story.probe(target, 'refused');
  expect(story.states()).toEqual(['up', 'down', 'down']);
  expect(story.stateChanges()).toEqual(['unknown 0', 'up 0', 'down 300', 'unknown 1500', 'down 4500']);
  expect(told(story.changes())).toEqual(['opened mailbox-permission-missing']);
});

test('a mailbox that is removed or changed while we were away is not the same', () => {
  const other = aTarget({ mailbox: 'other' });
  const story = rounds(target, other);
  for (const probe of ['ok', 'refused', 'refused'] as const) {
    for (const each of [target, other]) story.probe(each, probe);
    story.pass(INTERVAL_MS);
  }
  const moved = aTarget({ address: 'elsewhere@contoso.example' });
  story.restart(moved);
  expect(story.store().get(targetKey(moved))).toMatchObject({ confirmed: 'unknown', probesTotal: 0 });
  expect(story.stateChanges().slice(-2)).toEqual(['unknown 900', 'removed 900']);
});

test('the stored identity says what isSameTarget says', () => {
  const targets = [
    {},
    { protocol: 'pop3' as const },
    { mailbox: 'other' },
    { address: 'elsewhere@contoso.example' },
    { app: anApp({ id: 'qms' }) },
    { app: anApp({ tenant: 'contoso.example' }) },
    { app: anApp({ clientId: '0' }) },
    { endpoint: { host: 'mail.example', port: 993, tls: 'implicit' as const } },
    { intervalMs: 1_000 },
  ].map(aTarget);
  for (const a of targets)
    for (const b of targets) expect(targetIdentity(a) === targetIdentity(b)).toBe(isSameTarget(a, b));
});

describe('a result that is too old', () => {
  const AGES: readonly [string, Parameters<typeof aTarget>[0], number | undefined, number][] = [
    ['counts for fifteen minutes at least', { intervalMs: 10_000 }, undefined, 900],
    ['counts for three intervals', { intervalMs: 600_000 }, undefined, 1_800],
    ['counts longer by what a server asked for', {}, 600_000, 1_500],
  ];
  test.each(AGES)('%s', (_, options, backOffMs, seconds) => {
    const result = {
      target: aTarget(options),
      resultAt: 0,
      ...(backOffMs === undefined ? {} : { backOffMs }),
    };
    expect(isStale(result, seconds * 1_000)).toBe(false);
    expect(isStale(result, seconds * 1_000 + 1)).toBe(true);
    expect(isStale(result, -seconds * 1_000 - 1)).toBe(true);
  });

  test('is announced by the sweep when the scheduler is stuck', () => {
    const story = rounds(target);
    story.probe(target, 'ok');
    const seen: string[] = [];
    for (let minute = 0; minute < 20; minute += 1) {
      story.pass(60_000);
      seen.push(...story.sweep().map(({ to }) => `${to} ${minute + 1}`));
    }
    expect(seen).toEqual(['unknown 16']);
    expect(story.stateChanges()).toEqual(['unknown 0', 'up 0', 'unknown 900']);
  });

  test('is not announced when a laptop wakes up, but history knows of the gap', () => {
    const story = rounds(target);
    story.probe(target, 'ok');
    story.sweep();
    story.pass(8 * 3_600_000);
    expect(story.sweep()).toEqual([]);
    story.pass(60_000);
    story.probe(target, 'ok');
    expect(story.sweep()).toEqual([]);
    expect(story.states()).toEqual(['up']);
    expect(story.stateChanges()).toEqual(['unknown 0', 'up 0', 'unknown 900', 'up 28860']);
  });

  test('nor when the clock is set back and forth', () => {
    const story = rounds(target);
    story.probe(target, 'ok');
    for (const jumpMs of [-7_200_000, 7_200_000, 86_400_000, -86_400_000]) {
      story.pass(jumpMs);
      expect(story.sweep()).toEqual([]);
      story.probe(target, 'ok');
    }
    expect(story.states()).toEqual(['up']);
    expect(story.changes()).toEqual([]);
  });
});

test('forty mailboxes behind one secret are one incident, whenever we restart', () => {
  const targets = Array.from({ length: 40 }, (_, at) => aTarget({ mailbox: `m${at}` }));
  const story = rounds(...targets);
  for (const probe of ['ok', 'secret expired', 'secret expired', 'secret expired', 'ok'] as const) {
    for (const [at, each] of targets.entries()) {
      if (at === 20) story.restart();
      story.probe(each, probe);
    }
    story.pass(INTERVAL_MS);
  }
  const announced = told(story.changes()).filter((text) => !text.startsWith('grew'));
  expect(announced).toEqual(['opened secret-expired', 'closed recovered']);
  expect(story.incidents()).toMatchObject([{ scope: 'app', subject: 'plm', peakAffected: 40 }]);
});
