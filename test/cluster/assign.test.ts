import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assign, type Assigned } from '../../src/cluster/assign.ts';

const REPLICAS: readonly string[] = ['a', 'b', 'c', 'd'];

const apps = fc.uniqueArray(
  fc.record({
    app: fc.nat(60).map((at) => `app${at}`),
    tenant: fc.constantFrom('t1', 't2', 't3', 't4'),
    weight: fc.nat(200),
    replica: fc.option(fc.constantFrom(...REPLICAS, 'dead'), { nil: undefined }),
  }),
  { selector: ({ app }) => app, maxLength: 40 },
);
const replicas = fc.subarray([...REPLICAS], { minLength: 1 });

const applied = (given: readonly Assigned[], plan: ReadonlyMap<string, string>): readonly Assigned[] =>
  given.map(({ app, tenant, weight }) => ({ app, tenant, weight, replica: plan.get(app) }));

const inOrder = (plan: ReadonlyMap<string, string>): object => Object.fromEntries(plan);

function loadsOf(living: readonly string[], given: readonly Assigned[]): readonly number[] {
  return living.map((one) =>
    given.filter(({ replica }) => replica === one).reduce((sum, { weight }) => sum + weight, 0),
  );
}

describe('where replicas are not configured with the same apps', () => {
  const partly = apps.chain((given) =>
    fc
      .tuple(...given.map(() => fc.subarray([...REPLICAS])))
      .map((sets) => given.map((app, at) => ({ ...app, knownTo: new Set(sets[at]) }))),
  );

  test('an app goes only to one that knows it, and stays with nobody where none does', () => {
    fc.assert(
      fc.property(replicas, partly, (living, given) => {
        const plan = assign(living, given);
        for (const { app, replica, knownTo } of given) {
          const isHeld = replica !== undefined && living.includes(replica);
          const chosen = plan.get(app);
          const isRight =
            chosen === undefined
              ? !isHeld && living.every((one) => !knownTo.has(one))
              : knownTo.has(chosen) || chosen === replica;
          expect(isRight).toBe(true);
        }
      }),
    );
  });

  test('the plan that was carried out moves nothing', () => {
    fc.assert(
      fc.property(replicas, partly, (living, given) => {
        const plan = assign(living, given);
        const after = given.map((app) => ({ ...app, replica: plan.get(app.app) }));
        expect(inOrder(assign(living, after))).toEqual(inOrder(plan));
      }),
    );
  });
});

describe('every plan', () => {
  test('gives each app to one living replica', () => {
    fc.assert(
      fc.property(replicas, apps, (living, given) => {
        const plan = assign(living, given);
        expect(plan.size).toBe(given.length);
        for (const replica of plan.values()) expect(living).toContain(replica);
      }),
    );
  });

  test('is the same on every replica, in whatever order the rows come', () => {
    fc.assert(
      fc.property(replicas, apps, (living, given) => {
        const turned = assign(living.toReversed(), given.toReversed());
        expect(inOrder(turned)).toEqual(inOrder(assign(living, given)));
      }),
    );
  });

  test('is fair: loads differ by a tenth, or by less than twice the lightest app that could move', () => {
    fc.assert(
      fc.property(replicas, apps, (living, given) => {
        const after = applied(given, assign(living, given));
        const loads = loadsOf(living, after);
        const gap = Math.max(...loads) - Math.min(...loads);
        const heaviest = living[loads.indexOf(Math.max(...loads))];
        const lightest = Math.min(
          ...after
            .filter(({ replica, weight }) => replica === heaviest && weight > 0)
            .map(({ weight }) => weight),
        );
        const fair = after.reduce((sum, { weight }) => sum + weight, 0) / living.length;
        expect(gap <= fair * 0.1 || gap < 2 * lightest).toBe(true);
      }),
    );
  });

  test('once carried out, is final: nothing moves again', () => {
    fc.assert(
      fc.property(replicas, apps, (living, given) => {
        const plan = assign(living, given);
        expect(inOrder(assign(living, applied(given, plan)))).toEqual(inOrder(plan));
      }),
    );
  });

  test('moves nothing away from a replica that has no more than its fair share', () => {
    fc.assert(
      fc.property(replicas, apps, (living, given) => {
        const plan = assign(living, given);
        const fair = given.reduce((sum, { weight }) => sum + weight, 0) / living.length;
        const before = loadsOf(living, given);
        const after = loadsOf(living, applied(given, plan));
        const moved = given.filter(({ app, replica }) => {
          const at = replica === undefined ? -1 : living.indexOf(replica);
          const isPoor = (before[at] ?? Number.POSITIVE_INFINITY) <= fair;
          return at >= 0 && isPoor && (after[at] ?? 0) <= (before[at] ?? 0) && plan.get(app) !== replica;
        });
        expect(moved).toEqual([]);
      }),
    );
  });
});

describe('a plan by example', () => {
  const app = (name: string, tenant: string, weight: number, replica?: string): Assigned => ({
    app: name,
    tenant,
    weight,
    replica,
  });
  const planned = (living: readonly string[], given: readonly Assigned[]): object =>
    Object.fromEntries(assign(living, given));

  test.each<[string, readonly string[], readonly Assigned[], object]>([
    ['alone: all of them', ['a'], [app('x', 't', 1), app('y', 't', 9, 'dead')], { x: 'a', y: 'a' }],
    [
      'apps of one tenant go together',
      ['a', 'b'],
      [app('x1', 'x', 10), app('y1', 'y', 10), app('x2', 'x', 10), app('y2', 'y', 10)],
      { x1: 'a', x2: 'a', y1: 'b', y2: 'b' },
    ],
    [
      'a free app goes to where its tenant is, where it fits',
      ['a', 'b'],
      [app('x1', 'x', 20, 'b'), app('y1', 'y', 20, 'a'), app('z1', 'z', 20, 'a'), app('x2', 'x', 10)],
      { x1: 'b', y1: 'a', z1: 'a', x2: 'b' },
    ],
    [
      'one that joins is given its share, the heaviest that fit first',
      ['a', 'b'],
      [app('v', '1', 40, 'a'), app('w', '2', 30, 'a'), app('x', '3', 20, 'a'), app('y', '4', 10, 'a')],
      { v: 'b', w: 'a', x: 'a', y: 'b' },
    ],
    [
      'an app is never split, however heavy',
      ['a', 'b'],
      [app('x', 't', 900, 'a'), app('y', 't', 1)],
      { x: 'a', y: 'b' },
    ],
    ['without replicas nothing', [], [app('x', 't', 1)], {}],
  ])('%s', (_, living, given, expected) => {
    expect(planned(living, given)).toEqual(expected);
  });
});
