/** No limit in a test measures the machine: those that are there are for hangs only, and nothing lacks one. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TEST_MS } from './support/limits.ts';

const FILES = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && path !== 'limits.test.ts')
  .map((path) => ({ path, text: readFileSync(join(import.meta.dirname, path), 'utf8') }));

/** `}, 60_000);`, a line `60_000,` before `);`, and `{ timeout: 60_000 }` as the options of a test. */
const OWN_LIMIT =
  /^ *\}, ([\d_]+)\);|^ *([\d_]{4,}),\n *\);|\b(?:test|describe|it)\b.*'[^\n]*, \{\s*timeout: ([\d_]+)/gm;

test('a test has the common limit, or a longer one', () => {
  const shorter = FILES.flatMap(({ path, text }) =>
    [...text.matchAll(OWN_LIMIT)]
      .map(([found, ...limits]) => ({ found, ms: Number((limits.find(Boolean) ?? '').replaceAll('_', '')) }))
      // Below a second it is no limit, but a number of something.
      .filter(({ ms }) => ms >= 1_000 && ms <= TEST_MS)
      .map(({ found }) => `${path}: ${found}`),
  );
  expect(shorter).toEqual([]);
});

/** The call with its arguments, up to the parenthesis that ends it. */
function callAt(text: string, at: number): string {
  let depth = 0;
  for (let end = text.indexOf('(', at); end < text.length; end += 1) {
    if (text[end] === '(') depth += 1;
    if (text[end] === ')') depth -= 1;
    if (depth === 0) return text.slice(at, end + 1);
  }
  return text.slice(at);
}

test('a program that a test waits for with its thread blocked has a limit of its own', () => {
  const endless = FILES.flatMap(({ path, text }) =>
    [...text.matchAll(/\b(?:execFileSync|execSync|spawnSync)\(/g)]
      .map(({ index }) => callAt(text, index))
      .filter((call) => !/\btimeout\b|\boptions\b/.test(call))
      .map((call) => `${path}: ${call}`),
  );
  expect(endless).toEqual([]);
});
