import { once } from 'node:events';
import { appendFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseMountInfo, systemFiles } from '../../src/files/system-files.ts';
import { workspace } from '../config/workspace.ts';
import { putFifo } from '../support/fifo.ts';
import { files } from '../support/files.ts';

async function putSocket(path: string): Promise<void> {
  const server = createServer().listen(path);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
}

test.each<[string, (path: string) => unknown, string, string]>([
  ['a named pipe', putFifo, 'file-not-regular', 'it is a named pipe (FIFO), and only a regular file is read'],
  [
    'a link to a named pipe',
    async (path) => await symlink(putFifo(`${path}.fifo`), path),
    'file-not-regular',
    'it is a named pipe (FIFO), and only a regular file is read',
  ],
  [
    'a device',
    async (path) => await symlink('/dev/zero', path),
    'file-not-regular',
    'it is a device, and only a regular file is read',
  ],
  [
    'a socket',
    putSocket,
    'file-not-regular',
    'it is a socket or a device without hardware, and only a regular file is read',
  ],
  ['a folder', async (path) => await mkdir(path), 'file-is-folder', 'it is a folder, not a file'],
  [
    'too large',
    async (path) => await writeFile(path, 'x'.repeat(1025)),
    'file-too-large',
    'it is larger than 1 KiB',
  ],
  ['not there', () => undefined, 'file-missing', 'there is no such file'],
  [
    'a link to itself',
    async (path) => await symlink(path, path),
    'file-unreadable',
    'the system refuses (ELOOP)',
  ],
])('a file that is %s is refused at once, with the reason', async (_, put, code, reason) => {
  const path = join(await workspace({}), 'file');
  await put(path);
  await expect(files.read(path, 1024)).rejects.toMatchObject({ code, reason });
});

test('a regular file is read whole, up to the limit', async () => {
  const folder = await workspace({ file: 'x'.repeat(200_000) });
  expect(await files.read(join(folder, 'file'), 200_000)).toHaveLength(200_000);
});

test('a file of /proc, which has no size, is read', async () => {
  expect((await files.read('/proc/self/status', 65_536)).length).toBeGreaterThan(0);
});

test('a change of a file, and a new name in a folder, change the mark; a pipe has one too', async () => {
  const folder = await workspace({ file: 'a' });
  const marks = async () => await Promise.all([folder, join(folder, 'file')].map(files.fingerprint));
  const before = await marks();
  expect(await marks()).toEqual(before);
  await appendFile(join(folder, 'file'), 'b');
  putFifo(join(folder, 'fifo'));
  const after = await marks();
  expect(after[0]).not.toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
  expect(await files.fingerprint(join(folder, 'fifo'))).toMatch(/^\d+ \d+ /);
});

test('mount points are read as the kernel writes them', () => {
  const text = `22 1 0:21 / / rw - ext4 /dev/sda1 rw
42 22 0:39 / /mnt/two\\040words rw,relatime - nfs4 server:/export rw
`;
  expect(parseMountInfo(text)).toEqual(['/', '/mnt/two words']);
  expect(parseMountInfo('')).toEqual([]);
});

test('this machine has a root', () => {
  expect(systemFiles.mountPoints()).toContain('/');
});
