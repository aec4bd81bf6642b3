import { assert, constantFrom, array, property, record, boolean, nat } from 'fast-check';
import { expect, test } from 'vitest';
import { PROTOCOL_IDS } from '../../src/model/protocol.ts';
import type { Target } from '../../src/model/target.ts';
import {
  createPeerCounts,
  NOT_PROBED,
  type Loss,
  type Mark,
  type PeerCounts,
} from '../../src/status/peers.ts';
import { anApp, aTarget } from '../support/builders.ts';

const APPS = ['plm', 'erp'].map((id) => anApp({ id }));
const TARGETS: readonly Target[] = APPS.flatMap((app) =>
  ['a', 'b'].map((mailbox) => aTarget({ app, mailbox: `${app.id}-${mailbox}` })),
);

const SIBLINGS: readonly Target[] = ['a', 'b', 'c'].flatMap((mailbox) =>
  PROTOCOL_IDS.map((protocol) => aTarget({ mailbox, protocol })),
);

const mark = record({
  outcome: constantFrom<Mark['outcome']>('unknown', 'succeeded', 'failed'),
  signature: constantFrom('auth/rejected', 'connect/timeout'),
  everSucceeded: boolean(),
  turnedAt: nat({ max: 20 }),
}).map(asRecorded);

/** A success is one of those that ever succeeded, and only a failure has a signature. */
function asRecorded({ outcome, signature, everSucceeded, turnedAt }: Mark): Mark {
  return {
    outcome,
    signature: outcome === 'failed' ? signature : '',
    everSucceeded: everSucceeded || outcome === 'succeeded',
    ...(turnedAt === undefined ? {} : { turnedAt }),
  };
}

test('a mark that takes the place of another counts as if that one had been removed first', () => {
  const steps = array(record({ at: nat({ max: TARGETS.length - 1 }), mark }), { maxLength: 30 });
  assert(
    property(steps, (each) => {
      const replaced = createPeerCounts();
      const renewed = createPeerCounts();
      const marks = new Map<Target, Mark>();
      for (const target of TARGETS) for (const counts of [replaced, renewed]) counts.add(target, NOT_PROBED);
      for (const { at, mark: after } of each) {
        const target = TARGETS[at];
        if (target === undefined) continue;
        const before = marks.get(target) ?? NOT_PROBED;
        replaced.replace(target, before, after);
        renewed.remove(target, before);
        renewed.add(target, after);
        marks.set(target, after);
      }
      for (const target of TARGETS)
        expect(answers(replaced, target, marks.get(target))).toEqual(
          answers(renewed, target, marks.get(target)),
        );
    }),
  );
});

/** A probe of a target at each second: whether it succeeds, or how it fails. */
const probes = array(
  record({
    at: nat({ max: SIBLINGS.length - 1 }),
    signature: constantFrom('', 'auth/rejected', 'connect/timeout'),
  }),
  { maxLength: 40 },
);

test('the loss that a target without success shares is the latest one after which no other mailbox works', () => {
  assert(
    property(probes, nat({ max: 40 }), boolean(), (each, downSince, isDown) => {
      const counts = createPeerCounts();
      const marks = new Map<Target, Mark>();
      const successes = new Map<Target, number>();
      for (const target of SIBLINGS) counts.add(target, NOT_PROBED);
      for (const [second, { at, signature }] of each.entries()) {
        const target = SIBLINGS[at];
        if (target === undefined) continue;
        const before = marks.get(target) ?? NOT_PROBED;
        const after = markAt(second, before, signature);
        counts.replace(target, before, after);
        marks.set(target, after);
        if (after.outcome === 'succeeded') successes.set(target, second);
      }
      const since = isDown ? downSince : undefined;
      for (const target of SIBLINGS) {
        const others = SIBLINGS.filter(({ mailbox }) => mailbox.id !== target.mailbox.id);
        expect(counts.lossInApp(target, since)).toEqual(lossSlowly(others, marks, successes, since));
        const sameProtocol = others.filter(({ protocol }) => protocol === target.protocol);
        const workedAt = sameProtocol.flatMap((other) => successes.get(other) ?? []);
        expect(counts.hasWorkedAfter(target, downSince)).toBe(workedAt.some((at) => at > downSince));
      }
    }),
  );
});

function markAt(second: number, { everSucceeded, outcome, turnedAt }: Mark, signature: string): Mark {
  if (signature === '') return { outcome: 'succeeded', signature, everSucceeded: true, turnedAt: second };
  const lostAt = outcome === 'failed' ? turnedAt : second;
  const turned = everSucceeded && lostAt !== undefined ? { turnedAt: lostAt } : {};
  return { outcome: 'failed', signature, everSucceeded, ...turned };
}

function lossSlowly(
  others: readonly Target[],
  marks: ReadonlyMap<Target, Mark>,
  successes: ReadonlyMap<Target, number>,
  downSince = Number.POSITIVE_INFINITY,
): Loss | undefined {
  const losses = PROTOCOL_IDS.flatMap((protocol): Loss[] => {
    const ofProtocol = others.filter((other) => other.protocol === protocol);
    const lostAt = ofProtocol.flatMap((other) => {
      const mark = marks.get(other);
      return mark?.outcome === 'failed' && mark.turnedAt !== undefined ? [mark.turnedAt] : [];
    });
    const workedAt = Math.max(...ofProtocol.flatMap((other) => successes.get(other) ?? []));
    const failingSince = Math.min(Math.max(...lostAt), downSince);
    return lostAt.length > 0 && workedAt <= failingSince ? [{ workedAt, failingSince }] : [];
  });
  return losses.toSorted((a, b) => b.failingSince - a.failingSince)[0];
}

test('a target does not count among its own siblings, failed or not', () => {
  const counts = createPeerCounts();
  const [first, second] = TARGETS;
  if (first === undefined || second === undefined) throw new Error('two targets');
  const failed: Mark = { outcome: 'failed', signature: 'auth/rejected', everSucceeded: true, turnedAt: 5 };
  counts.add(first, failed);
  counts.add(second, failed);
  expect(counts.siblings(first, 'imap', { signature: 'auth/rejected' }, failed)).toEqual({
    succeeded: 0,
    failed: 1,
    unknown: 0,
    everSucceeded: 1,
    failedAlike: 1,
  });
});

function answers(counts: PeerCounts, target: Target, own: Mark | undefined): readonly object[] {
  const questions = [
    { signature: 'auth/rejected' },
    { signature: 'auth/rejected', loss: { workedAt: 5, failingSince: 10 } },
  ];
  return questions.flatMap((question) => [
    counts.siblings(target, target.protocol, question, own),
    counts.ofOtherAppsInTenant(target, question),
    counts.ofOtherAppsAtEndpoint(target, question),
  ]);
}
