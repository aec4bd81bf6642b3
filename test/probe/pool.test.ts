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

test('an array is compared member by member, another object by identity and then by content', () => {
  const pool = createPool<object>();
  const first = { names: ['a', 'b'], certificate: { subject: 'x' } };
  expect(pool(first)).toBe(first);
  expect(pool({ names: ['a', 'b'], certificate: first.certificate })).toBe(first);
  expect(pool({ names: ['a', 'b'], certificate: { subject: 'x' } })).toBe(first);
  expect(pool({ names: ['a', 'b'], certificate: { subject: 'y' } })).not.toBe(first);
  expect(pool({ names: ['a'], certificate: first.certificate })).not.toBe(first);
  expect(pool({ names: ['a', 'b'] })).not.toBe(first);
});

test('a value that is itself the shared one is not read again', () => {
  const pool = createPool<object>();
  let reads = 0;
  const value = {
    get text() {
      reads += 1;
      return 'ready';
    },
  };
  pool(value);
  for (let at = 0; at < 20; at += 1) pool({ at });
  reads = 0;
  expect(pool(value)).toBe(value);
  expect(reads).toBe(0);
});
