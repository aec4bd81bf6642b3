import { expect, test } from 'vitest';
import { createPool } from '../../src/probe/pool.ts';

test('equal values become one object', () => {
  const pool = createPool<object>();
  const first = { text: 'ready', names: ['a'] };
  expect(pool(first)).toBe(first);
  expect(pool({ text: 'ready', names: ['a'] })).toBe(first);
  expect(pool({ text: 'ready', names: ['b'] })).not.toBe(first);
});

test('keeps no more than five hundred', () => {
  const pool = createPool<object>();
  const first = { at: 0 };
  for (let at = 0; at < 500; at += 1) pool(at === 0 ? first : { at });
  expect(pool({ at: 0 })).toBe(first);
  pool({ at: 500 });
  expect(pool({ at: 0 })).not.toBe(first);
});
