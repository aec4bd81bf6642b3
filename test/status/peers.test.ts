import { assert, constantFrom, array, property, record, boolean, nat } from 'fast-check';
import { expect, test } from 'vitest';
import type { Target } from '../../src/model/target.ts';
import { createPeerCounts, NOT_PROBED, type Mark, type PeerCounts } from '../../src/status/peers.ts';
import { anApp, aTarget } from '../support/builders.ts';

const APPS = ['plm', 'erp'].map((id) => anApp({ id }));
const TARGETS: readonly Target[] = APPS.flatMap((app) =>
  ['a', 'b'].map((mailbox) => aTarget({ app, mailbox: `${app.id}-${mailbox}` })),
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
