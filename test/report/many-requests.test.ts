import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSharedLists, type RenderedList } from '../../src/report/http/shared-lists.ts';
import { createTurns } from '../../src/report/turns.ts';

const listOf = (text: string): RenderedList => ({ body: Buffer.from(text), etag: '"1"', next: undefined });

test('requests begin one after the other, each in a turn of its own', async () => {
  const turns = createTurns();
  const begun: number[] = [];
  const all = Array.from({ length: 5 }, async (_, at) => {
    await turns.take();
    begun.push(at);
  });
  const perTurn: number[] = [];
  for (let before = 0; begun.length < 5; before = begun.length) {
    await nextTurn();
    perTurn.push(begun.length - before);
  }
  await Promise.all(all);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  expect(Math.max(...perTurn)).toBe(1);
});

test('different lists are rendered one at a time, and those who wait for the same share what is true when it begins', async () => {
  const renderList = createSharedLists();
  let running = 0;
  let most = 0;
  let renderings = 0;
  let state = 'old';
  const read = () => {
    const shown = state;
    const render = async () => {
      running += 1;
      renderings += 1;
      most = Math.max(most, running);
      await nextTurn();
      running -= 1;
      return listOf(shown);
    };
    return { revision: {}, render };
  };
  const lists = ['/a', '/b', '/b', '/c', '/b'].map(async (url) =>
    (await renderList(url, read)).body.toString(),
  );
  state = 'new';
  expect(await Promise.all(lists)).toEqual(['new', 'new', 'new', 'new', 'new']);
  expect([most, renderings]).toEqual([1, 3]);
});

test('a list that cannot be rendered is an error for those who asked, and not for the next', async () => {
  const renderList = createSharedLists();
  const failing = { revision: {}, render: async () => await Promise.reject(new Error('no such app')) };
  const good = { revision: {}, render: async () => await Promise.resolve(listOf('[]')) };
  await expect(renderList('/a', () => failing)).rejects.toThrow('no such app');
  expect((await renderList('/a', () => good)).body.toString()).toBe('[]');
});
