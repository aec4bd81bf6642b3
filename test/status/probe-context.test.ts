import { describe, expect, test } from 'vitest';
import { failureSignature, NO_PEERS, type Context, type Peers } from '../../src/model/context.ts';
import { isSuccess, type Evidence } from '../../src/model/evidence.ts';
import { targetKey, type Target } from '../../src/model/target.ts';
import { anApp, anEvidence, aTarget } from '../support/builders.ts';
import { PROBES, tell, type ProbeName, type Story } from './story.ts';

function contextOf(story: Story, target: Target, probe: ProbeName): Context {
  return story.store.contextFor(target, story.evidence(target, probe), story.now(), {});
}

const A = aTarget({ mailbox: 'a' });
const A_POP = aTarget({ mailbox: 'a', protocol: 'pop3' });
const B = aTarget({ mailbox: 'b' });

describe('the other protocol', () => {
  test('is its last probe', () => {
    const story = tell(A, A_POP);
    story.probe(A_POP, 'refused');
    const { probe } = story.probe(A_POP, 'ok');
    expect(contextOf(story, A, 'refused').otherProtocols).toEqual([probe]);
  });

  test.each([
    ['before its first probe', 0, false],
    ['after three intervals', 901, true],
  ])('is absent %s', (_, seconds, probed) => {
    const story = tell(A, A_POP);
    if (probed) story.probe(A_POP, 'ok');
    story.pass(seconds);
    expect(contextOf(story, A, 'refused').otherProtocols).toEqual([]);
  });
});

describe('the history', () => {
  test('counts the probe that is judged, before it is recorded and after', () => {
    const story = tell(A);
    story.probe(A, 'ok');
    const lastSuccess = story.now();
    story.pass(300);
    story.probe(A, 'refused');
    const failingSince = story.now();
    story.pass(30);
    const evidence = story.evidence(A, 'unavailable');
    const before = story.store.contextFor(A, evidence, story.now(), {}).history;
    story.store.record(A, evidence, [], story.now());
    const after = story.store.contextFor(A, evidence, story.now(), {}).history;
    expect(before).toEqual({
      lastSuccess,
      failingSince,
      consecutiveFailures: 2,
      probesTotal: 3,
      passedAlike: 0,
      recentSignatures: ['auth/rejected/AUTHENTICATIONFAILED/NO'],
    });
    expect(after).toEqual(before);
  });

  test('of a first probe is only that probe', () => {
    const story = tell(A);
    expect(contextOf(story, A, 'refused').history).toEqual({
      failingSince: story.now(),
      consecutiveFailures: 1,
      probesTotal: 1,
      passedAlike: 0,
      recentSignatures: [],
    });
    expect(contextOf(story, A, 'ok').history).toEqual({
      consecutiveFailures: 0,
      probesTotal: 1,
      passedAlike: 0,
      recentSignatures: [],
    });
  });

  test('counts the failures of this kind that were over at the next probe', () => {
    const story = tell(A);
    const probes = [
      'ok',
      'refused',
      'ok',
      'unavailable',
      'ok',
      'refused',
      'ok',
      'refused',
      'refused',
      'ok',
    ] as const;
    for (const probe of probes) {
      story.probe(A, probe);
      story.pass(300);
    }
    expect(contextOf(story, A, 'refused').history.passedAlike).toBe(2);
  });

  test('holds each signature of the last day once, newest first', () => {
    const story = tell(A);
    const probes = ['secret expired', 'refused', 'unavailable', 'refused', 'ok'] as const;
    for (const [at, probe] of probes.entries()) {
      story.pass(at === 1 ? 23 * 3_600 : 600);
      story.probe(A, probe);
    }
    story.pass(3_600);
    expect(contextOf(story, A, 'refused').history.recentSignatures).toEqual([
      'auth/rejected/AUTHENTICATIONFAILED/NO',
      'auth/rejected//BAD',
    ]);
  });
});

describe('the neighbors', () => {
  test('are the other mailboxes of the app, by protocol, and never the mailbox itself', () => {
    const story = tell(A, A_POP, B, aTarget({ mailbox: 'c' }), aTarget({ mailbox: 'c', protocol: 'pop3' }));
    story.probe(A, 'ok');
    story.probe(A_POP, 'refused');
    story.probe(B, 'ok');
    story.pass(1);
    story.probe(B, 'refused');
    expect(contextOf(story, A, 'refused').siblings).toEqual({
      imap: { succeeded: 0, failed: 1, unknown: 1, failedAlike: 1, everSucceeded: 1 },
      pop3: { succeeded: 0, failed: 0, unknown: 1, failedAlike: 0, everSucceeded: 0 },
    });
  });

  test('in the tenant and at the endpoint are the targets of other apps', () => {
    const crm = anApp({ id: 'crm' });
    const elsewhere = anApp({ id: 'elsewhere', tenant: 'fabrikam.example' });
    const ofCrm = aTarget({ mailbox: 'crm', app: crm });
    const popOfCrm = aTarget({ mailbox: 'crm', app: crm, protocol: 'pop3' });
    const abroad = aTarget({ mailbox: 'abroad', app: elsewhere });
    const story = tell(A, B, ofCrm, popOfCrm, abroad);
    for (const target of [A, B, ofCrm]) story.probe(target, 'refused');
    story.probe(abroad, 'ok');
    const { tenant, endpoint } = contextOf(story, A, 'refused');
    expect(tenant).toEqual({ succeeded: 0, failed: 1, unknown: 1, failedAlike: 1, everSucceeded: 0 });
    expect(endpoint).toEqual({ succeeded: 1, failed: 1, unknown: 0, failedAlike: 1, everSucceeded: 1 });
  });

  test('of a target that is configured no more are counted without it', () => {
    const story = tell(A, B);
    story.store.update([aTarget({ mailbox: 'a', app: anApp({ id: 'moved' }) }), B], story.now());
    expect(contextOf(story, A, 'refused').siblings.imap).toEqual({ ...NO_PEERS, unknown: 1 });
  });

  test('are counted right after any sequence of probes and new configurations', () => {
    const random = lehmer(42);
    const pick = <T>(from: readonly T[], otherwise: T): T =>
      from[Math.floor(random() * from.length)] ?? otherwise;
    const apps = ['p', 'q', 'r'].map((id) => anApp({ id, tenant: id === 'r' ? 'other' : 'same' }));
    const everybody = Array.from({ length: 24 }, (_, at) =>
      aTarget({
        mailbox: `box-${at >> 1}`,
        protocol: at % 2 === 0 ? 'imap' : 'pop3',
        app: apps[(at >> 1) % 3] ?? anApp(),
        endpoint: { host: at % 5 < 2 ? 'one.example' : 'two.example', port: 993, tls: 'implicit' },
      }),
    );
    const story = tell(...everybody);
    const known = new Map<string, { last?: Evidence; ever: boolean }>(
      everybody.map((target) => [targetKey(target), { ever: false }]),
    );
    let configured: readonly Target[] = everybody;
    const names: readonly ProbeName[] = [
      'ok',
      'refused',
      'unavailable',
      'secret expired',
      'ok on a cached token',
    ];

    for (let turn = 0; turn < 400; turn += 1) {
      story.pass(1);
      if (turn % 50 === 49) {
        configured = everybody.filter(() => random() < 0.8);
        story.store.update(configured, story.now());
        const kept = new Set(configured.map(targetKey));
        for (const key of known.keys()) if (!kept.has(key)) known.set(key, { ever: false });
      }
      const target = pick(configured, A);
      const evidence = story.evidence(target, pick(names, 'ok'));
      const context = story.store.contextFor(target, evidence, story.now(), {});
      const isOrSharesLoss = (other: Target): boolean => {
        const { last, ever } = known.get(targetKey(other)) ?? { ever: false };
        const isOwn = other === target;
        const isOfApp = other.app.id === target.app.id && other.mailbox.id !== target.mailbox.id;
        return ever && (isOwn || (isOfApp && last !== undefined && !isSuccess(last)));
      };
      const isLost = !isSuccess(evidence) && configured.some(isOrSharesLoss);
      // What was lost is judged by what happened since: that has tests of its own.
      const counted = (filter: (other: Target) => boolean): unknown => {
        const all = countSlowly(configured.filter(filter), known, evidence);
        return isLost ? { ...all, ...onlySince(all) } : all;
      };
      const { mailbox, app, endpoint } = target;
      const isSibling = (other: Target): boolean =>
        other.app.id === app.id && other.mailbox.id !== mailbox.id;
      expect(context.siblings).toEqual({
        imap: counted((other) => isSibling(other) && other.protocol === 'imap'),
        pop3: counted((other) => isSibling(other) && other.protocol === 'pop3'),
      });
      expect(context.tenant).toEqual(
        counted((other) => other.app.id !== app.id && other.app.tenant === app.tenant),
      );
      expect(context.endpoint).toEqual(
        counted((other) => other.app.id !== app.id && other.endpoint.host === endpoint.host),
      );
      story.store.record(target, evidence, [], story.now());
      const before = known.get(targetKey(target));
      known.set(targetKey(target), { last: evidence, ever: before?.ever === true || isSuccess(evidence) });
    }
  });
});

describe('when a mailbox was lost, of its neighbors', () => {
  const C = aTarget({ mailbox: 'c' });
  const NEVER = aTarget({ mailbox: 'never' });

  test('those that worked before that are unknown, until one of them works since', () => {
    const story = tell(A, B, C);
    for (const target of [A, B, C]) story.probe(target, 'ok');
    story.pass(300);
    story.probe(A, 'refused');
    expect(contextOf(story, A, 'refused').siblings.imap).toMatchObject({ succeeded: 0, unknown: 2 });
    story.pass(10);
    story.probe(C, 'ok');
    expect(contextOf(story, A, 'refused').siblings.imap).toMatchObject({ succeeded: 2, unknown: 0 });
  });

  test('those that were lost with it count, whoever was lost first', () => {
    const story = tell(A, B);
    for (const target of [A, B]) story.probe(target, 'ok');
    story.pass(300);
    story.probe(A, 'refused');
    story.pass(10);
    expect(contextOf(story, B, 'refused').siblings.imap).toMatchObject({ failedAlike: 1, unknown: 0 });
    story.probe(B, 'refused');
    expect(contextOf(story, A, 'refused').siblings.imap).toMatchObject({ failedAlike: 1, unknown: 0 });
  });

  test('one that failed all the while, and one that never worked, say nothing', () => {
    const story = tell(A, B, NEVER);
    for (const target of [A, B]) story.probe(target, 'ok');
    story.pass(300);
    for (const target of [B, NEVER]) story.probe(target, 'refused');
    story.pass(300);
    story.probe(A, 'ok');
    story.pass(300);
    for (const target of [B, NEVER]) story.probe(target, 'refused');
    expect(contextOf(story, A, 'refused').siblings.imap).toMatchObject({
      failed: 0,
      failedAlike: 0,
      unknown: 2,
    });
  });

  test('the other protocol says nothing by a success before that', () => {
    const story = tell(A, A_POP);
    for (const target of [A, A_POP]) story.probe(target, 'ok');
    story.pass(300);
    story.probe(A, 'refused');
    expect(contextOf(story, A, 'refused').otherProtocols).toEqual([]);
    story.pass(10);
    story.probe(A_POP, 'ok');
    expect(contextOf(story, A, 'refused').otherProtocols).toMatchObject([{ success: true }]);
  });
});

describe('for a mailbox that never worked, of its neighbors', () => {
  const C = aTarget({ mailbox: 'c' });
  const NEVER = aTarget({ mailbox: 'never' });
  const ALSO_NEVER = aTarget({ mailbox: 'also-never' });
  const ELSEWHERE = aTarget({ mailbox: 'elsewhere', app: anApp({ id: 'crm' }) });

  const peersOf = (story: Story): Peers => contextOf(story, NEVER, 'refused').siblings.imap;

  function oneLost(): Story {
    const story = tell(NEVER, ALSO_NEVER, B, C, ELSEWHERE);
    for (const target of [B, C, ELSEWHERE]) story.probe(target, 'ok');
    story.pass(300);
    story.probe(B, 'refused');
    story.pass(10);
    return story;
  }

  test('every success counts', () => {
    const story = tell(NEVER, B);
    story.probe(B, 'ok');
    story.pass(300);
    story.probe(NEVER, 'refused');
    expect(peersOf(story)).toMatchObject({ succeeded: 1 });
  });

  test('those that worked before another one was lost are unknown, until one of them works since', () => {
    const story = oneLost();
    expect(peersOf(story)).toMatchObject({ succeeded: 0, failed: 1, unknown: 2 });
    story.probe(C, 'ok');
    expect(peersOf(story)).toMatchObject({ succeeded: 1, failed: 1, unknown: 1 });
  });

  test('those that fail in the same way count, lost or not', () => {
    const story = oneLost();
    story.probe(ALSO_NEVER, 'refused');
    expect(peersOf(story)).toMatchObject({ failed: 2, failedAlike: 2 });
  });

  test('those that work count, if one of them worked since it was confirmed down itself', () => {
    const story = tell(NEVER, B, C);
    for (let round = 0; round < 2; round += 1) {
      story.probe(NEVER, 'refused');
      story.pass(30);
    }
    for (const target of [B, C]) story.probe(target, 'ok');
    story.pass(300);
    story.probe(B, 'refused');
    expect(peersOf(story)).toMatchObject({ succeeded: 1, failed: 1 });
  });

  test('targets of other apps that worked before are unknown, too', () => {
    const story = oneLost();
    expect(contextOf(story, NEVER, 'refused').endpoint).toMatchObject({ succeeded: 0, unknown: 1 });
    story.probe(ELSEWHERE, 'ok');
    expect(contextOf(story, NEVER, 'refused').endpoint).toMatchObject({ succeeded: 1, unknown: 0 });
  });

  test('a loss in another app changes nothing', () => {
    const story = tell(NEVER, C, ELSEWHERE);
    for (const target of [C, ELSEWHERE]) story.probe(target, 'ok');
    story.pass(300);
    story.probe(ELSEWHERE, 'refused');
    story.pass(10);
    expect(peersOf(story)).toMatchObject({ succeeded: 1, unknown: 0 });
  });
});

test('facts of the app are passed on', () => {
  const story = tell(A);
  const token = { app: 'plm', requestsTotal: 1, failuresByCode: {} };
  const context = story.store.contextFor(A, story.evidence(A, 'ok'), story.now(), { token });
  expect(context).toMatchObject({ now: story.now(), target: A, app: A.app, token });
  expect(context).not.toHaveProperty('credential');
});

test.each(Object.entries(PROBES))('the probe %j of the tables is what its name says', (name, options) => {
  expect(isSuccess(anEvidence(options))).toBe(name.startsWith('ok'));
});

function countSlowly(
  targets: readonly Target[],
  known: ReadonlyMap<string, { readonly last?: Evidence; readonly ever: boolean }>,
  judged: Evidence,
): Peers {
  const lasts = targets.map((target) => known.get(targetKey(target)));
  const failed = lasts.flatMap((probe) =>
    probe?.last === undefined || isSuccess(probe.last) ? [] : [probe.last],
  );
  return {
    succeeded: lasts.filter((probe) => probe?.last !== undefined && isSuccess(probe.last)).length,
    failed: failed.length,
    unknown: lasts.filter((probe) => probe?.last === undefined).length,
    failedAlike: isSuccess(judged)
      ? 0
      : failed.filter((evidence) => failureSignature(evidence) === failureSignature(judged)).length,
    everSucceeded: lasts.filter((probe) => probe?.ever).length,
  };
}

/** Whoever is counted as working or failing is so by the last probe; the rest is unknown, and nobody is left out. */
function onlySince({ succeeded, failed, unknown, failedAlike }: Peers): object {
  const total = succeeded + failed + unknown;
  return {
    succeeded: expect.toSatisfy((count: number) => count === 0 || count === succeeded),
    failed: expect.toSatisfy((count: number) => count <= failed),
    failedAlike: expect.toSatisfy((count: number) => count === 0 || count === failedAlike),
    unknown: expect.toSatisfy((count: number) => count >= unknown && count <= total),
  };
}

/** Park and Miller's generator: the same numbers at every run. */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
