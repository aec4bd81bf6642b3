import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { formatErrors } from '../../src/config/config-error.ts';
import { files } from '../support/files.ts';

/** Each file of invalid/ makes one mistake; beside it stands, in full, what the operator reads. */
const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(import.meta.dirname, 'invalid');
const ENV = { EMPTY_SECRET: '', PLM_SECRET: 'present' };

const names = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.slice(0, -'.yaml'.length));

async function problemsOf(name: string) {
  const loaded = await loadConfig(relative(process.cwd(), join(FOLDER, `${name}.yaml`)), { env: ENV, files });
  return loaded.ok ? [] : loaded.errors;
}

describe('a file with one mistake is refused with one clear message', () => {
  test.each(names)('%s', async (name) => {
    const text = formatErrors(await problemsOf(name)).replaceAll(`${ROOT}/`, 'ROOT/');
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    await expect(text).toMatchFileSnapshot(join(FOLDER, `${name}.txt`));
  });
});

test.each(names)('the message for %s has a code, a line, and no secret', async (name) => {
  const problems = await problemsOf(name);
  for (const problem of problems) {
    expect(problem.code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(problem.line).toBeGreaterThan(0);
  }
  expect(JSON.stringify(problems)).not.toContain('CANARY');
});

test('every message has its file', () => {
  const texts = readdirSync(FOLDER).filter(
    (name) => name.endsWith('.txt') && !['secret.txt', 'empty.txt'].includes(name),
  );
  expect(texts.map((name) => name.slice(0, -'.txt'.length))).toEqual(names);
});
