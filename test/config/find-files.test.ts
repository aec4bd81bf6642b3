import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { findFiles } from '../../src/config/find-files.ts';
import { files } from '../support/files.ts';
import { mkdtempSync, mkdirSync, writeFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'mailprobe-find-'));
beforeAll(async () => {
  for (const name of ['a', 'a/b', '..2026', 'real']) mkdirSync(join(folder, name));
  for (const name of ['x.yaml', '.x.yaml', 'a/y.yaml', 'a/b/z.yaml', '..2026/k.yaml', 'real/r.yaml']) {
    writeFileSync(join(folder, name), '');
  }
  await symlink('real', join(folder, 'link'));
  await symlink('..2026', join(folder, '..data'));
  await symlink('..data/k.yaml', join(folder, 'k.yaml'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  { name: 'a star, and through links to files as in Kubernetes', pattern: '*.yaml', found: 'k.yaml x.yaml' },
  { name: 'a pattern that begins with a dot', pattern: './*.yaml', found: 'k.yaml x.yaml' },
  { name: 'a star for a folder, not behind links', pattern: '*/*.yaml', found: 'a/y.yaml real/r.yaml' },
  { name: 'a folder behind a link that is named', pattern: 'link/*.yaml', found: 'link/r.yaml' },
  { name: 'all depths', pattern: '**/*.yaml', found: 'a/b/z.yaml a/y.yaml k.yaml real/r.yaml x.yaml' },
  { name: 'all depths below a folder', pattern: 'a/**', found: 'a/b/z.yaml a/y.yaml' },
  { name: 'a choice of depths', pattern: '{a/y,x}.yaml', found: 'a/y.yaml x.yaml' },
  { name: 'a set of letters', pattern: '[w-y].yaml', found: 'x.yaml' },
  { name: 'nothing', pattern: 'none/*.yaml', found: '' },
])('finds $name', async ({ pattern, found }) => {
  const paths = await findFiles(pattern, folder, files);
  expect(paths.map((path) => path.slice(folder.length + 1)).join(' ')).toBe(found);
});

test('finds by an absolute pattern', async () => {
  expect(await findFiles(`${folder}/a/*.yaml`, '/elsewhere', files)).toEqual([join(folder, 'a/y.yaml')]);
});
