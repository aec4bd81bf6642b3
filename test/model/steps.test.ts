/** Work in steps can be done by one caller bit by bit, and by another one at once. */
import { expect, test } from 'vitest';
import { runAll, shareSteps, type Steps } from '../../src/model/steps.ts';

function work(): { readonly done: readonly number[]; readonly steps: Steps<string> } {
  const done: number[] = [];
  function* count(): Steps<string> {
    for (const step of [1, 2, 3]) {
      done.push(step);
      yield;
    }
    return 'finished';
  }
  return { done, steps: count() };
}

test('all steps run at once, and return the result', () => {
  const { done, steps } = work();
  expect(runAll(steps)).toBe('finished');
  expect(done).toEqual([1, 2, 3]);
});

test.each([0, 1, 2, 3])('after %i of the remaining steps, another caller does the others', (before) => {
  const { done, steps } = work();
  const shared = shareSteps(steps);
  const remaining = shared.remaining();
  for (let step = 0; step < before; step += 1) remaining.next();
  expect([done.length, shared.isDone()]).toEqual([Math.max(1, before), false]);
  shared.complete();
  expect([done, shared.isDone()]).toEqual([[1, 2, 3], true]);
  // The first caller goes on as if it had done them, and gets the result.
  expect(runAll(remaining)).toBe('finished');
  shared.complete();
  expect(done).toEqual([1, 2, 3]);
});
