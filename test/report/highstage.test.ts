/** The answers that docs/highstage.md promises to the product that polls /health, each as the server gives it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diagnoseCutOff } from '../../src/diagnosis/diagnose-cut-off.ts';
import { asOf } from '../../src/model/freshness.ts';
import { Secret } from '../../src/model/secret.ts';
import type { Problem, Snapshot, TargetStatus } from '../../src/model/status.ts';
import { healthSchema } from '../../src/report/resource/health.ts';
import { createStatusStore } from '../../src/status/status-store.ts';
import { aDiagnosis, anEvidence, aProbe, aTarget, NOON } from '../support/builders.ts';
import { aServer, aSource } from './fleet.ts';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../docs/highstage.md'), 'utf8');
const MINUTE = 60_000;

function status(overrides: Partial<TargetStatus> = {}): TargetStatus {
  const target = aTarget({ mailbox: 'qms' });
  const lastProbe = aProbe({ target, startedAt: NOON - 2 * MINUTE, seconds: 0.4 });
  return {
    target,
    confirmed: 'up',
    confirmedSince: NOON - 60 * MINUTE,
    resultAt: NOON - 2 * MINUTE,
    consecutiveFailures: 0,
    consecutiveSuccesses: 12,
    lastProbe,
    probesTotal: 12,
    failuresByCause: {},
    history: [lastProbe],
    ...overrides,
  };
}

const EXPIRED = aDiagnosis({ title: 'The client secret of app plm has expired: no token is issued.' });
const DOWN = status({
  confirmed: 'down',
  lastProbe: aProbe({
    target: aTarget({ mailbox: 'qms' }),
    startedAt: NOON - 2 * MINUTE,
    seconds: 0.2,
    failed: { token: { kind: 'rejected', code: 'AADSTS7000222', text: 'expired' } },
    diagnoses: [EXPIRED],
  }),
});
const ENDS_SOON: Problem = {
  ...aDiagnosis({
    cause: 'secret-expiring',
    severity: 'warning',
    title: 'The client secret of app plm ends in 14 days.',
  }),
  id: 'secret-expiring:app:plm',
  since: NOON,
  affectedMailboxes: ['qms'],
};

function snapshot(target: TargetStatus, problems: readonly Problem[] = [], at = NOON): Snapshot {
  return { at, targets: asOf([target], at), tokens: [], problems };
}

const DOWN_PROBLEM: Problem = {
  ...EXPIRED,
  id: 'secret-expired:app:plm',
  since: NOON,
  affectedMailboxes: ['qms'],
};

test.each([
  ['pass', 200, snapshot(status()), ''],
  ['warn', 200, snapshot(status(), [ENDS_SOON]), ''],
  ['fail', 503, snapshot(DOWN, [DOWN_PROBLEM]), ''],
  ['old', 200, snapshot(status(), [], NOON + 21 * MINUTE), ''],
  ['minimal', 503, snapshot(DOWN, [DOWN_PROBLEM]), '?minimal'],
])('the example %s', async (name, code, given, query) => {
  const server = await aServer({ ...aSource(), snapshot: () => given });
  const answer = await server.inject(`/health${query}`);
  await server.close();
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([
    code,
    'application/health+json; charset=utf-8',
  ]);
  const example = `\`\`\`json\n${JSON.stringify(answer.json(), null, 2)}\n\`\`\``;
  await expect(`${example}\n`).toMatchFileSnapshot(
    join(import.meta.dirname, `../golden/report/health-${name}.md`),
  );
  expect(DOCUMENT).toContain(example);
});

test('a prober that stops for 20 minutes: the last result passes for 15, then warns with its age until there is a new one', async () => {
  const target = aTarget({ mailbox: 'qms' });
  const store = createStatusStore({ diagnoseCutOff });
  let now = NOON;
  const server = await aServer({
    ...aSource(),
    snapshot: () => ({ at: now, targets: asOf(store.targets(), now), tokens: [], problems: [] }),
  });
  const poll = async (): Promise<string> => {
    const { status, checks = {} } = healthSchema.parse((await server.inject('/health')).json());
    return [status, checks['qms:imap']?.[0]?.output ?? ''].join(' ').trim();
  };
  store.update([target], now);
  store.record(target, anEvidence({ target, startedAt: now }), [], now);
  const polled: string[] = [];
  for (let minute = 1; minute <= 20; minute += 1) {
    now = NOON + minute * MINUTE;
    polled.push(await poll());
  }
  expect(polled.slice(0, 15)).toEqual(Array.from({ length: 15 }, () => 'pass'));
  expect(polled.slice(15)).toEqual(
    [16, 17, 18, 19, 20].map(
      (age) =>
        `warn The last result is ${age} min old and no longer counts: mailprobe has not probed it since.`,
    ),
  );
  store.record(target, anEvidence({ target, startedAt: now }), [], now);
  expect(await poll()).toBe('pass');
  await server.close();
});

test('without a token it is one word, whatever is asked for', async () => {
  const protection = () => ({ tokens: [new Secret('a-token-of-the-test')], open: [] });
  const server = await aServer({ ...aSource(), snapshot: () => snapshot(DOWN) }, { protection });
  const answer = await server.inject('/health?mailbox=qms');
  await server.close();
  expect([answer.statusCode, answer.json()]).toEqual([503, { status: 'fail' }]);
});

test.each([
  [
    'that ends',
    NOON + 60 * MINUTE,
    'In maintenance until 2026-11-22T13:00:00.000Z: notifications and alerts are silent.',
  ],
  ['without an end', undefined, 'In maintenance until it is ended: notifications and alerts are silent.'],
])('in a maintenance window %s the status is as found, and a note says so', async (_, until, note) => {
  const window = { id: 'w', from: NOON - MINUTE, by: 'Ada', note: '', mailboxes: ['qms'] };
  const windows = [
    { ...window, ...(until === undefined ? {} : { until }) },
    { ...window, mailboxes: ['another'] },
  ];
  const none = async () => await Promise.reject(new Error('not asked'));
  const maintenance = { inForce: () => windows, upcoming: () => windows, announce: none, end: none };
  const server = await aServer({ ...aSource(), snapshot: () => snapshot(DOWN, [DOWN_PROBLEM]), maintenance });
  const answer = await server.inject('/health?mailbox=qms');
  await server.close();
  expect([answer.statusCode, healthSchema.parse(answer.json()).notes]).toEqual([503, [note, EXPIRED.title]]);
});
