import { array, assert, constantFrom, integer, oneof, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { targetKey } from '../../src/model/target.ts';
import { aTarget } from '../support/builders.ts';
import { type ProbeName, tell } from './story.ts';

/** The wall clock may jump by hours, back or forth, between any two probes, and while one runs. */
const HOURS = 6 * 3600;
const seconds = oneof(integer({ min: 0, max: 300 }), integer({ min: -HOURS, max: HOURS }));
const name = constantFrom<ProbeName>('ok', 'refused', 'starved', 'mail host silent', 'without a descriptor');
const step = record({ before: seconds, during: seconds, probe: name });
const thresholds = record({
  failureThreshold: integer({ min: 1, max: 3 }),
  successThreshold: integer({ min: 1, max: 3 }),
});

test('wherever the clock is set, a mailbox that is down has been failing since before it was down', () => {
  assert(
    property(thresholds, array(step, { minLength: 2, maxLength: 30 }), (options, steps) => {
      const target = aTarget(options);
      const story = tell(target);
      for (const { before, during, probe } of steps) {
        story.pass(before);
        const evidence = story.evidence(target, probe);
        story.pass(during);
        story.store.record(target, evidence, [], story.now());
        const status = story.store.get(targetKey(target));
        if (status === undefined) throw new Error('the target is watched');
        expect(status.confirmedSince ?? 0).toBeLessThanOrEqual(story.now());
        const latest = status.confirmed === 'down' ? (status.confirmedSince ?? 0) : story.now();
        expect(status.failingSince ?? 0).toBeLessThanOrEqual(latest);
      }
    }),
    { numRuns: 500 },
  );
});

test.each(['starved', 'without a descriptor'] as const)(
  'with a threshold of one, a first probe that is %s changes nothing and is repeated soon; a second makes it unknown',
  (probe) => {
    const target = aTarget({ failureThreshold: 1, successThreshold: 1 });
    const story = tell(target);
    story.probe(target, 'ok');
    story.pass(3600);
    const first = story.probe(target, probe);
    expect(first.reprobeMs).toBeLessThanOrEqual(30_000);
    expect([first.change, story.store.problems(story.now())]).toEqual([undefined, []]);
    story.pass(30);
    expect(story.probe(target, probe).change).toMatchObject({ from: 'up', to: 'unknown' });
    expect(story.store.problems(story.now()).map(({ cause }) => cause)).toEqual(['prober-starved']);
  },
);
