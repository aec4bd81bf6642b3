import { describe, expect, test } from 'vitest';
import { aTarget } from '../support/builders.ts';
import { rounds, run, told, INTERVAL_MS, type Rounds } from './rounds.ts';
import type { ProbeName } from './story.ts';

/** mulberry32: the same numbers for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function refusedAtRandom(seed: number, share: number, count = 24): Rounds {
  const target = aTarget();
  const story = rounds(target);
  const random = randomOf(seed);
  run(story, target, 6, () => 'ok');
  run(story, target, count, () => (random() < share ? 'refused' : 'ok'));
  return story;
}

const SEEDS = Array.from({ length: 100 }, (_, seed) => seed + 1);
const openings = (story: Rounds): number => story.changes().filter(({ kind }) => kind === 'opened').length;

describe('half of the logins are refused at random, 24 rounds, 100 seeds', () => {
  const stories = SEEDS.map((seed) => refusedAtRandom(seed, 0.5));

  test('one opening, two in at most ten', () => {
    const counts = stories.map(openings);
    expect(counts.every((count) => count === 1 || count === 2)).toBe(true);
    expect(counts.filter((count) => count === 2).length).toBeLessThanOrEqual(10);
  });

  test('the protocol that opens now and then is not called disabled once it is intermittent', () => {
    for (const story of stories) {
      const causes = story
        .changes()
        .filter(({ incident }) => incident.state === 'intermittent')
        .map(({ incident }) => incident.cause);
      expect(new Set(causes).size).toBeLessThanOrEqual(1);
      expect(causes).not.toContain('protocol-disabled-on-mailbox');
    }
  });

  test('few changes of state are left for metrics, alerts and availability', () => {
    const most = Math.max(...stories.map((story) => story.states().length));
    expect(most).toBeLessThanOrEqual(8);
  });
});

describe.each([0.2, 0.33, 0.5, 0.7])('at a share of %f of refusals', (share) => {
  test('two hours of it, 100 seeds: never more than two openings, two in at most ten', () => {
    const counts = SEEDS.map((seed) => openings(refusedAtRandom(seed, share)));
    expect(Math.max(...counts)).toBeLessThanOrEqual(2);
    expect(counts.filter((count) => count === 2).length).toBeLessThanOrEqual(10);
  });

  test('a day of it is one incident, opened anew only after an hour without it', () => {
    for (const seed of SEEDS.slice(0, 6)) {
      const story = refusedAtRandom(seed, share, 288);
      const { length: opened } = story.changes().filter(({ kind }) => kind === 'opened');
      expect(opened).toBeGreaterThan(0);
      for (const [at, { kind, at: openedAt }] of story.changes().entries()) {
        if (kind !== 'opened' || at === 0) continue;
        const before = story.changes()[at - 1];
        expect(before?.kind).toBe('closed');
        expect(openedAt - (before?.at ?? 0)).toBeGreaterThan(3_600_000 - INTERVAL_MS);
      }
    }
  });
});

/** What each probe comes to, in a row, and what is told of it. */
const PATTERNS: readonly [string, (probe: number) => ProbeName, number, readonly string[]][] = [
  [
    'exactly every third login is refused: one incident, intermittent from its beginning',
    (probe) => (probe % 3 === 2 ? 'refused' : 'ok'),
    24,
    ['opened propagation-delay'],
  ],
  [
    'a single clean outage opens with the second failure and closes with the first success',
    (probe) => (probe >= 3 && probe < 9 ? 'refused' : 'ok'),
    24,
    ['opened mailbox-permission-missing', 'closed recovered'],
  ],
  [
    'two single failures in an hour are nothing',
    (probe) => (probe === 3 || probe === 7 ? 'refused' : 'ok'),
    24,
    [],
  ],
  [
    'a second spell reopens, and six successes close',
    (probe) => ((probe >= 3 && probe < 6) || (probe >= 8 && probe < 11) ? 'refused' : 'ok'),
    24,
    [
      'opened mailbox-permission-missing',
      'closed recovered',
      'reopened propagation-delay',
      'closed recovered',
    ],
  ],
  [
    'two kinds of refusal by turns read as one cause',
    (probe) => (probe % 4 === 0 ? 'ok' : probe % 4 === 1 ? 'unavailable' : 'refused'),
    24,
    ['opened mailbox-permission-missing', 'closed recovered', 'reopened propagation-delay'],
  ],
  ['failures of a starved process do not count', (probe) => (probe % 3 === 2 ? 'starved' : 'ok'), 24, []],
];

test.each(PATTERNS)('%s', (_, outcome, count, expected) => {
  const target = aTarget();
  const story = rounds(target);
  run(story, target, count, outcome);
  expect(told(story.changes())).toEqual(expected);
});

test('while it recovers, the state says how far', () => {
  const target = aTarget();
  const story = rounds(target);
  run(story, target, 9, (probe) => (probe % 3 === 2 ? 'refused' : 'ok'));
  const recovering = [];
  for (let probe = 0; probe < 7; probe += 1) {
    story.probe(target, 'ok');
    story.pass(INTERVAL_MS);
    recovering.push(story.incidents()[0]?.recovering?.successes ?? story.incidents()[0]?.state);
  }
  expect(recovering.slice(-5)).toContain('closed');
  expect(recovering.filter((successes) => typeof successes === 'number')).toEqual(
    expect.arrayContaining([3, 4, 5]),
  );
});
