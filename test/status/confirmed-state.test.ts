import { describe, expect, test } from 'vitest';
import { targetKey } from '../../src/model/target.ts';
import { aTarget } from '../support/builders.ts';
import { tell, type ProbeName } from './story.ts';

/** Each step: seconds since the probe before, the probe, and the state and repeated probe that follow. */
type Step = readonly [seconds: number, probe: ProbeName, confirmed: string, reprobeMs?: number];

const TWO_TO_FAIL = { failureThreshold: 2, successThreshold: 1 };

const STORIES: readonly [string, Parameters<typeof aTarget>[0], readonly Step[]][] = [
  ['a first success confirms up', TWO_TO_FAIL, [[0, 'ok', 'up']]],
  [
    'a first failure stays unknown until a second confirms it',
    TWO_TO_FAIL,
    [
      [0, 'refused', 'unknown', 30_000],
      [30, 'refused', 'down'],
    ],
  ],
  [
    'a single failure between successes is no news',
    TWO_TO_FAIL,
    [
      [0, 'ok', 'up'],
      [300, 'refused', 'up', 30_000],
      [30, 'ok', 'up'],
      [300, 'refused', 'up', 30_000],
    ],
  ],
  [
    'two failures in a row confirm down, one success up',
    TWO_TO_FAIL,
    [
      [0, 'ok', 'up'],
      [300, 'refused', 'up', 30_000],
      [30, 'unavailable', 'down'],
      [300, 'refused', 'down'],
      [300, 'ok', 'up'],
    ],
  ],
  [
    'what a starved process saw confirms nothing but that nothing is known',
    TWO_TO_FAIL,
    [
      [0, 'ok', 'up'],
      [300, 'starved', 'up', 30_000],
      [30, 'without a descriptor', 'unknown'],
      [300, 'refused', 'unknown', 30_000],
      [30, 'refused', 'down'],
    ],
  ],
  ['with a threshold of one, one failure is enough', { failureThreshold: 1 }, [[0, 'refused', 'down']]],
  [
    'with three to fail, each unconfirmed failure is looked at again',
    { failureThreshold: 3 },
    [
      [0, 'refused', 'unknown', 30_000],
      [30, 'refused', 'unknown', 30_000],
      [30, 'refused', 'down'],
    ],
  ],
  [
    'with two to succeed, up is confirmed by the second',
    { successThreshold: 2 },
    [
      [0, 'ok', 'unknown'],
      [300, 'ok', 'up'],
      [300, 'refused', 'up', 30_000],
      [30, 'refused', 'down'],
      [300, 'ok', 'down'],
      [300, 'refused', 'down', 30_000],
      [300, 'ok', 'down'],
      [300, 'ok', 'up'],
    ],
  ],
  [
    'a failure from long ago does not count towards the run',
    TWO_TO_FAIL,
    [
      [0, 'ok', 'up'],
      [300, 'refused', 'up', 30_000],
      [901, 'refused', 'unknown', 30_000],
      [30, 'refused', 'down'],
    ],
  ],
  [
    'with a short interval the repeated probe comes after a quarter of it',
    { intervalMs: 10_000 },
    [
      [0, 'refused', 'unknown', 2_500],
      [2.5, 'refused', 'down'],
    ],
  ],
  ['but not sooner than after a second', { intervalMs: 2_000 }, [[0, 'refused', 'unknown', 1_000]]],
  [
    'a throttled probe waits as long as the server says',
    TWO_TO_FAIL,
    [
      [0, 'throttled', 'unknown', 120_000],
      [120, 'throttled', 'down'],
    ],
  ],
  [
    'even past the next probe, and that still confirms',
    TWO_TO_FAIL,
    [
      [0, 'throttled for long', 'unknown', 900_000],
      [930, 'throttled for long', 'down', 900_000],
    ],
  ],
  [
    'a throttled probe without a time is not followed by a quick one',
    TWO_TO_FAIL,
    [
      [0, 'throttled without a word', 'unknown'],
      [300, 'throttled without a word', 'down'],
    ],
  ],
  [
    'a bug of ours changes nothing',
    TWO_TO_FAIL,
    [
      [0, 'our bug', 'unknown'],
      [300, 'ok', 'up'],
      [300, 'our bug', 'up'],
      [300, 'our bug', 'up'],
      [300, 'refused', 'up', 30_000],
      [30, 'our bug', 'up'],
      [30, 'refused', 'down'],
    ],
  ],
  [
    'a probe that we ended ourselves changes nothing',
    TWO_TO_FAIL,
    [
      [0, 'ok', 'up'],
      [300, 'aborted', 'up'],
      [300, 'aborted', 'up'],
      [300, 'refused', 'up', 30_000],
    ],
  ],
];

describe('the confirmed state', () => {
  test.each(STORIES)('%s', (_, options, steps) => {
    const target = aTarget(options);
    const story = tell(target);
    const seen = steps.map(([seconds, probe]) => {
      story.pass(seconds);
      const { reprobeMs } = story.probe(target, probe);
      const confirmed = story.store.get(targetKey(target))?.confirmed ?? 'absent';
      return reprobeMs === undefined ? [seconds, probe, confirmed] : [seconds, probe, confirmed, reprobeMs];
    });
    expect(seen).toEqual(steps);
  });
});

test.each([
  ['a failure that is not confirmed yet', 'refused', true],
  ['a server that throttles us', 'throttled', false],
  ['a success', 'ok', false],
] as const)('a repeat that must not wait its turn follows %s: %#', (_, probe, confirms) => {
  expect(tell(aTarget(TWO_TO_FAIL)).probe(aTarget(TWO_TO_FAIL), probe).confirms).toBe(confirms);
});

test('changes are reported once, with the probe that caused them', () => {
  const target = aTarget();
  const story = tell(target);
  const probes: readonly ProbeName[] = ['ok', 'ok', 'refused', 'refused', 'refused', 'ok'];
  const changes = probes.map((probe) => {
    story.pass(30);
    const { change, probe: recorded } = story.probe(target, probe);
    if (change === undefined) return undefined;
    expect(change).toMatchObject({ target, at: story.now() });
    expect(change.probe).toBe(recorded);
    return `${change.from} to ${change.to}`;
  });
  expect(changes).toEqual(['unknown to up', undefined, undefined, 'up to down', undefined, 'down to up']);
});

test('a target tells since when it fails, when it last worked, and since when it is what it is', () => {
  const target = aTarget();
  const story = tell(target);
  const started = story.now();
  const status = (): unknown => story.store.get(targetKey(target));
  expect(status()).toEqual({
    target,
    confirmed: 'unknown',
    confirmedSince: started,
    consecutiveFailures: 0,
    consecutiveSuccesses: 0,
    probesTotal: 0,
    failuresByCause: {},
    history: [],
  });
  story.probe(target, 'ok');
  story.pass(300);
  story.probe(target, 'refused');
  story.pass(30);
  story.probe(target, 'refused', []);
  story.pass(300);
  story.probe(target, 'refused');
  expect(status()).toMatchObject({
    confirmed: 'down',
    confirmedSince: started + 330_000,
    consecutiveFailures: 3,
    consecutiveSuccesses: 0,
    lastSuccess: started,
    failingSince: started + 300_000,
    probesTotal: 4,
    failuresByCause: { 'mailbox-permission-missing': 2, unexplained: 1 },
  });
  story.pass(300);
  story.probe(target, 'ok');
  expect(status()).toMatchObject({ confirmed: 'up', confirmedSince: story.now(), lastSuccess: story.now() });
  expect(status()).not.toHaveProperty('failingSince');
});

describe('the history', () => {
  test('keeps failures longer than successes, newest first', () => {
    const target = aTarget();
    const story = tell(target);
    story.probe(target, 'refused');
    story.pass(30);
    story.probe(target, 'unavailable');
    for (let day = 0; day < 100; day += 1) {
      story.pass(300);
      story.probe(target, 'ok');
    }
    const history = story.store.get(targetKey(target))?.history ?? [];
    expect(history.map(({ success }) => success)).toEqual([
      ...Array.from({ length: 6 }, () => true),
      false,
      false,
    ]);
    expect(history.map(({ diagnoses }) => diagnoses[0]?.cause)).toEqual([
      ...Array.from({ length: 6 }, () => undefined),
      'exchange-transient',
      'mailbox-permission-missing',
    ]);
    const starts = history.map(({ evidence }) => evidence.startedAt);
    expect(starts).toEqual([...starts].sort((a, b) => b - a));
  });

  test('of a target that never failed is the last probe and the one before', () => {
    const target = aTarget();
    const story = tell(target);
    for (let at = 0; at < 9; at += 1) {
      story.pass(300);
      story.probe(target, 'ok');
    }
    expect(story.store.get(targetKey(target))?.history).toHaveLength(2);
  });

  test('is bounded, whatever happens', () => {
    const target = aTarget();
    const story = tell(target);
    for (let at = 0; at < 200; at += 1) {
      story.pass(30);
      story.probe(target, at % 3 === 0 ? 'ok' : 'refused');
    }
    expect(story.store.get(targetKey(target))?.history).toHaveLength(11);
  });

  test('holds the last probe and the last failure whole, and of the others what failed and why', () => {
    const target = aTarget();
    const story = tell(target);
    for (const probe of ['refused', 'refused', 'ok', 'ok'] as const) {
      story.pass(30);
      story.probe(target, probe);
    }
    const status = story.store.get(targetKey(target));
    const [last, earlier, lastFailure, firstFailure] = status?.history ?? [];
    expect(last).toBe(status?.lastProbe);
    expect(last?.evidence.stages).toHaveLength(9);
    expect(earlier).toMatchObject({ success: true, evidence: { stages: [], seconds: 0.5 } });
    expect(lastFailure?.evidence.stages).toHaveLength(9);
    expect(lastFailure?.diagnoses[0]?.fix).toHaveLength(1);
    expect(firstFailure?.evidence.stages).toMatchObject([
      { stage: 'auth', failure: { code: 'AUTHENTICATIONFAILED', text: 'auth failed' } },
    ]);
    expect(firstFailure?.diagnoses).toMatchObject([{ cause: 'mailbox-permission-missing', fix: [] }]);
  });
});

describe('a new configuration', () => {
  test.each([
    ['another interval', { intervalMs: 60_000 }, 'up'],
    ['other thresholds', { failureThreshold: 5 }, 'up'],
    ['other labels', { labels: { team: 'quality' } }, 'up'],
    ['another address', { address: 'other@contoso.example' }, 'unknown'],
    ['another host', { endpoint: { host: 'mail.example', port: 993, tls: 'implicit' } }, 'unknown'],
    ['another port', { endpoint: { host: 'outlook.office365.com', port: 1993, tls: 'implicit' } }, 'unknown'],
  ] as const)('with %s: what was known is %j', (_, change, expected) => {
    const target = aTarget();
    const story = tell(target);
    story.probe(target, 'ok');
    const changed = aTarget(change);
    story.store.update([changed], story.now());
    const status = story.store.get(targetKey(changed));
    expect(status?.target).toBe(changed);
    expect(status?.confirmed).toBe(expected);
    expect(status?.probesTotal).toBe(expected === 'up' ? 1 : 0);
  });

  test('lists its targets in its own order, and no others', () => {
    const [a, b, c] = [aTarget({ mailbox: 'a' }), aTarget({ mailbox: 'b' }), aTarget({ mailbox: 'c' })];
    const story = tell(a, b);
    story.probe(a, 'ok');
    story.store.update([c, a], story.now());
    expect(story.store.targets().map(({ target }) => target)).toEqual([c, a]);
    expect(story.store.get(targetKey(b))).toBeUndefined();
  });

  test('ignores what a probe saw that was under way at a target that is gone or changed', () => {
    const [gone, changed] = [aTarget({ mailbox: 'gone' }), aTarget({ mailbox: 'changed' })];
    const story = tell(gone, changed);
    story.store.update([aTarget({ mailbox: 'changed', address: 'new@contoso.example' })], story.now());
    expect(story.probe(gone, 'refused').change).toBeUndefined();
    expect(story.probe(changed, 'ok').change).toBeUndefined();
    expect(story.store.targets()).toMatchObject([{ confirmed: 'unknown', probesTotal: 0 }]);
  });
});

test('a list of targets stays as it was when it was asked for', () => {
  const target = aTarget();
  const story = tell(target);
  const before = story.store.targets();
  story.probe(target, 'ok');
  expect(before).toMatchObject([{ confirmed: 'unknown', probesTotal: 0 }]);
  expect(story.store.targets()).toMatchObject([{ confirmed: 'up', probesTotal: 1 }]);
  expect(story.store.targets()).toBe(story.store.targets());
});

test('a mailbox that was down before a long sleep is down since its beginning', () => {
  const target = aTarget(TWO_TO_FAIL);
  const { store, probe, pass, now } = tell(target);
  const begun = now();
  probe(target, 'refused');
  pass(30);
  probe(target, 'refused');
  pass(8 * 3_600);
  probe(target, 'refused');
  const status = store.get(targetKey(target));
  expect(status).toMatchObject({ confirmed: 'down', failingSince: begun, confirmedSince: begun + 30_000 });
});

test('a starved process is one problem of the prober, and blames no host', () => {
  const targets = ['a', 'b', 'c'].map((mailbox) => aTarget({ mailbox, ...TWO_TO_FAIL }));
  const { store, probe, pass, now } = tell(...targets);
  for (const target of targets) probe(target, 'ok');
  for (const seconds of [300, 30]) {
    pass(seconds);
    for (const target of targets) probe(target, 'starved');
  }
  expect(store.problems(now()).map(({ cause }) => cause)).toEqual(['prober-starved']);
  expect(store.ownNetwork(now())).not.toBe('down');
  pass(30);
  for (const target of targets) probe(target, 'ok');
  expect(store.problems(now())).toEqual([]);
});
