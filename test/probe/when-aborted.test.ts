import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { whenAborted } from '../../src/probe/when-aborted.ts';

function recording(): { readonly calls: string[]; readonly note: (name: string) => () => void } {
  const calls: string[] = [];
  return { calls, note: (name) => () => void calls.push(name) };
}

test('many waits share one listener, and each is called in order', () => {
  const { signal, abort } = abortable();
  const { calls, note } = recording();
  for (const name of ['a', 'b', 'c']) whenAborted(signal, note(name));
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  abort();
  expect(calls).toEqual(['a', 'b', 'c']);
});

test('a wait that ended is not called, also if another ends it', () => {
  const { signal, abort } = abortable();
  const { calls, note } = recording();
  whenAborted(signal, note('before'))();
  whenAborted(signal, () => endLast());
  const endLast = whenAborted(signal, note('last'));
  abort();
  expect(calls).toEqual([]);
});

test('a wait that begins during the abort is not called', () => {
  const { signal, abort } = abortable();
  const { calls, note } = recording();
  whenAborted(signal, () => void whenAborted(signal, note('late')));
  abort();
  expect(calls).toEqual([]);
});

test('the last wait leaves no listener, and the next begins anew', () => {
  const { signal, abort } = abortable();
  const { calls, note } = recording();
  const ends = [whenAborted(signal, note('a')), whenAborted(signal, note('b'))];
  for (const end of ends) end();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  whenAborted(signal, note('c'));
  abort();
  expect(calls).toEqual(['c']);
});

function abortable(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
