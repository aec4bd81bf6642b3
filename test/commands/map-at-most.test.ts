import { expect, test } from 'vitest';
import { mapAtMost } from '../../src/commands/map-at-most.ts';

test.each([
  ['fewer than there are items', 2, 2],
  ['more than there are items', 9, 5],
  ['no limit', Number.POSITIVE_INFINITY, 5],
])('at most so many are under way, and the results keep their order: %s', async (_, most, expected) => {
  let underWay = 0;
  let mostSeen = 0;
  const results = await mapAtMost([5, 1, 4, 2, 3], most, async (item) => {
    underWay += 1;
    mostSeen = Math.max(mostSeen, underWay);
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
    underWay -= 1;
    return item * 10;
  });
  expect(results).toEqual([50, 10, 40, 20, 30]);
  expect(mostSeen).toBe(expected);
});

test('no items give no results', async () => {
  expect(await mapAtMost([], 3, async () => await Promise.reject(new Error('nothing to map')))).toEqual([]);
});
