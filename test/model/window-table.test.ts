import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createWindowTable,
  holdsWindow,
  holdsWindowInRun,
  WINDOW,
  type WindowTable,
} from '../../src/model/window-table.ts';

/** Few different characters, so that windows repeat and overlap, and some that need two code units or more bytes. */
const letters = fc.constantFrom('a', 'b', '-', ' ', '\u0000', 'é', '\u{1F512}');
const text = fc.array(letters, { maxLength: 60 }).map((parts) => parts.join(''));
const window = fc
  .array(letters, { minLength: WINDOW, maxLength: WINDOW })
  .map((parts) => parts.join('').slice(0, WINDOW));

function tableOf(windows: readonly string[]): WindowTable {
  const table = createWindowTable();
  for (const one of windows) table.add(one);
  return table;
}

describe('a text holds a window', () => {
  test('exactly if one of the windows is a part of it', () => {
    fc.assert(
      fc.property(fc.array(window, { maxLength: 5 }), fc.array(fc.oneof(text, window)), (windows, parts) => {
        const whole = parts.join('');
        const isPart = windows.some((one) => whole.includes(one));
        expect(holdsWindow([tableOf(windows)], whole)).toBe(isPart);
      }),
    );
  });

  test('in a run exactly if one of its runs contains the window', () => {
    const isInRun = Uint8Array.from({ length: 128 }, (_, code) => (code === 0x61 || code === 0x62 ? 1 : 0));
    const inRun = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: WINDOW, maxLength: WINDOW });
    fc.assert(
      fc.property(fc.array(inRun, { maxLength: 5 }), fc.array(fc.oneof(text, inRun)), (windows, parts) => {
        const whole = parts.join('');
        const isPart = windows.some((one) => whole.includes(one));
        expect(holdsWindowInRun([tableOf(windows)], whole, isInRun)).toBe(isPart);
      }),
    );
  });

  test('of any of several tables', () => {
    const one = 'the first window';
    const other = 'another window !';
    const tables = [tableOf([one]), tableOf([other])];
    expect(
      [`x${one}`, `${other}x`, `${one.slice(1)} ${other.slice(1)}`].map((shown) =>
        holdsWindow(tables, shown),
      ),
    ).toEqual([true, true, false]);
  });

  test('in runs only, if the characters of runs are given', () => {
    const isInRun = Uint8Array.from({ length: 128 }, (_, code) => (code === 0x20 ? 0 : 1));
    const inRun = 'abcdefghijklmnop';
    const across = 'abcdefgh ijklmno';
    const table = tableOf([inRun, across]);
    expect(holdsWindowInRun([table], `x ${inRun} y`, isInRun)).toBe(true);
    expect(holdsWindowInRun([table], `x ${across} y`, isInRun)).toBe(false);
    expect(holdsWindow([table], `x ${across} y`)).toBe(true);
  });

  test('not if all characters are different by one', () => {
    const table = tableOf(['0'.repeat(WINDOW), '\u0000'.repeat(WINDOW)]);
    expect(holdsWindow([table], '1'.repeat(100))).toBe(false);
    expect(holdsWindow([table], '\u0000'.repeat(100))).toBe(true);
  });
});

test('a large table holds what was added and nothing else', () => {
  const numbered = (at: number): string => `window${at.toString().padStart(10, '0')}`;
  const table = createWindowTable();
  for (let at = 0; at < 100_000; at += 1) expect(table.add(numbered(at))).toBe(true);
  expect(table.add(numbered(5))).toBe(false);
  expect(table.size()).toBe(100_000);
  for (let at = 0; at < 200_000; at += 1) expect(holdsWindow([table], numbered(at))).toBe(at < 100_000);
});
