import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FileWatch, watchFiles } from '../../src/config/watch-files.ts';

/** Real files, really replaced; the watch asks every other second. */
let directory: string;
let watch: FileWatch;
let changes: PromiseWithResolvers<readonly string[]>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
  changes = Promise.withResolvers();
  watch = watchFiles(async (paths) => changes.resolve(paths));
});
afterEach(async () => {
  watch.close();
  await rm(directory, { recursive: true });
});

const at = (name: string): string => join(directory, name);
async function linkTo(target: string, name: string): Promise<void> {
  await symlink(target, at(`${name}.new`));
  await rename(at(`${name}.new`), at(name));
}

test.each<[string, () => Promise<void>, () => Promise<void>, string]>([
  ['is written again', () => writeFile(at('file'), 'old'), () => writeFile(at('file'), 'new'), 'file'],
  [
    'is replaced by rename',
    () => writeFile(at('file'), 'old'),
    async () => {
      await writeFile(at('other'), 'new');
      await rename(at('other'), at('file'));
    },
    'file',
  ],
  [
    'stands behind a link to a folder that is swapped, as in Kubernetes',
    async () => {
      await mkdir(at('..1'));
      await writeFile(at('..1/file'), 'same');
      await linkTo('..1', '..data');
      await symlink('..data/file', at('file'));
    },
    async () => {
      await mkdir(at('..2'));
      await writeFile(at('..2/file'), 'same');
      await linkTo('..2', '..data');
    },
    'file',
  ],
  ['appears', async () => undefined, () => writeFile(at('file'), 'new'), 'file'],
  ['is taken away', () => writeFile(at('file'), 'old'), () => rm(at('file')), 'file'],
  [
    'is a folder in which one appears',
    () => mkdir(at('folder')),
    () => writeFile(at('folder/new'), ''),
    'folder',
  ],
])('a path that %s is told', async (_name, prepare, change, name) => {
  await prepare();
  await watch.update([at(name)]);
  await change();
  expect(await changes.promise).toEqual([at(name)]);
});
