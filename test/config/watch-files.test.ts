import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FileWatch, watchFiles } from '../../src/config/watch-files.ts';
import { FileError, type FileFault } from '../../src/model/files.ts';
import { files } from '../support/files.ts';

/** Real files, really replaced; the watch asks every other second. */
let directory: string;
let watch: FileWatch;
let changes: PromiseWithResolvers<readonly string[]>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
  changes = Promise.withResolvers();
  watch = watchFiles(files, async (paths) => changes.resolve(paths));
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
  [
    'is written again',
    () => writeFile(at('file'), 'old'),
    // Of another length: both may be written within one tick of a coarse clock.
    () => writeFile(at('file'), 'newer'),
    'file',
  ],
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
    'is behind a link to a folder that is swapped, as in Kubernetes',
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
])('a path that %s is reported', async (_name, prepare, change, name) => {
  await prepare();
  await watch.update([at(name)]);
  await change();
  expect(await changes.promise).toEqual([at(name)]);
});

describe('where the disk does not answer', () => {
  /** What the file system says of the one path. */
  let answers: () => Promise<string>;
  const fault = (code: FileFault) => async () => await Promise.reject(new FileError(code, 'no reason'));
  const mark = (text: string) => async () => await Promise.resolve(text);
  let reported: (readonly string[])[];

  beforeEach(() => {
    vi.useFakeTimers();
    watch.close();
    reported = [];
    watch = watchFiles({ ...files, fingerprint: async () => await answers() }, async (paths) => {
      reported.push(await Promise.resolve(paths));
    });
  });
  afterEach(() => void vi.useRealTimers());
  const round = async (answer: typeof answers) => {
    answers = answer;
    await vi.advanceTimersByTimeAsync(2_000);
  };

  test('a file that begins to hang is reported once, and again when it answers', async () => {
    answers = mark('same');
    await watch.update(['/plm']);
    await round(fault('file-hangs'));
    await round(fault('file-hangs'));
    expect(reported).toEqual([['/plm']]);
    await round(mark('same'));
    expect(reported).toEqual([['/plm'], ['/plm']]);
  });

  test('a file that was not tried is as it was', async () => {
    answers = mark('same');
    await watch.update(['/plm']);
    await round(fault('file-not-tried'));
    await round(mark('same'));
    expect(reported).toEqual([]);
    await round(mark('other'));
    expect(reported).toEqual([['/plm']]);
  });

  test('later changes are compared with the state before the read began', async () => {
    answers = mark('old');
    await watch.update(['/plm']);
    answers = mark('as read');
    await watch.refresh();
    answers = mark('written while it was read');
    await watch.update(['/plm']);
    await round(mark('written while it was read'));
    expect(reported).toEqual([['/plm']]);
  });
});
