import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFiles } from '../../src/files/bounded-files.ts';
import type { FileSystem } from '../../src/files/system-files.ts';
import { FileError } from '../../src/model/files.ts';

/** A file system whose answers the test gives when it likes: what is not answered hangs. */
let begun: { readonly path: string; readonly answer: () => void; readonly fail: () => void }[];
const text = new TextEncoder().encode('value');
const system: FileSystem = {
  read: async (path) =>
    await new Promise((resolve, reject) => {
      begun.push({
        path,
        answer: () => resolve(text),
        fail: () => reject(new FileError('file-missing', 'there is no such file')),
      });
    }),
  list: async () => await Promise.resolve([]),
  fingerprint: async () => await Promise.resolve('mark'),
  mountPoints: () => ['/', '/mnt', '/mnt/nfs', '/srv'],
  work: async () => await Promise.resolve(),
};
let files: ReturnType<typeof createFiles>;

beforeEach(() => {
  vi.useFakeTimers();
  begun = [];
  files = createFiles(system, { timeoutMs: 5_000, mostHung: 2 });
});
afterEach(() => void vi.useRealTimers());

const read = (path: string) => files.read(path, 100);
const codeOf = async (reading: Promise<unknown>): Promise<unknown> =>
  await reading.then(
    () => 'read',
    (error: unknown) => (error instanceof FileError ? error.code : error),
  );
const paths = () => begun.map(({ path }) => path);
async function hang(path: string): Promise<() => void> {
  const code = codeOf(read(path));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await code).toBe('file-hangs');
  return begun.at(-1)?.answer ?? (() => undefined);
}

test('one operation runs at a time, in the order of asking', async () => {
  const both = Promise.all([read('/a'), read('/b')]);
  expect(paths()).toEqual(['/a']);
  begun[0]?.answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(paths()).toEqual(['/a', '/b']);
  begun[1]?.answer();
  expect(await both).toEqual([text, text]);
});

test('an error is passed on unchanged, and the next operation runs', async () => {
  const first = codeOf(read('/a'));
  const second = codeOf(read('/b'));
  begun[0]?.fail();
  expect(await first).toBe('file-missing');
  begun[1]?.answer();
  expect(await second).toBe('read');
});

describe('an operation that hangs', () => {
  test('is left behind in time, and the next one runs', async () => {
    const first = codeOf(read('/a'));
    await vi.advanceTimersByTimeAsync(4_999);
    const second = codeOf(read('/b'));
    expect(paths()).toEqual(['/a']);
    await vi.advanceTimersByTimeAsync(1);
    expect(await first).toBe('file-hangs');
    begun[1]?.answer();
    expect(await second).toBe('read');
  });

  test.each([
    { name: 'the same file', path: '/mnt/nfs/plm' },
    { name: 'another file of its mount', path: '/mnt/nfs/deep/crm' },
  ])('has $name refused at once', async ({ path }) => {
    await hang('/mnt/nfs/plm');
    expect(await codeOf(read(path))).toBe('file-hangs');
    expect(paths()).toEqual(['/mnt/nfs/plm']);
  });

  test.each([
    { name: 'another mount', path: '/srv/plm' },
    { name: 'the mount above', path: '/mnt/plm' },
    { name: 'a mount whose name begins alike', path: '/mnt/nfs-2/plm' },
  ])('leaves $name alone', async ({ path }) => {
    await hang('/mnt/nfs/plm');
    void read(path);
    expect(paths()).toEqual(['/mnt/nfs/plm', path]);
  });

  test('on the root condemns that file only', async () => {
    await hang('/etc/plm');
    void read('/etc/crm');
    expect(paths()).toEqual(['/etc/plm', '/etc/crm']);
  });

  test('is used again once it has answered after all', async () => {
    const answer = await hang('/mnt/nfs/plm');
    answer();
    await vi.advanceTimersByTimeAsync(0);
    const again = codeOf(read('/mnt/nfs/plm'));
    begun[1]?.answer();
    expect(await again).toBe('read');
  });
});

test('when two hang, no operation begins until one of them ends', async () => {
  await hang('/mnt/nfs/plm');
  const answer = await hang('/srv/plm');
  const codes = ['/a', '/b', '/c'].map(async (path) => await codeOf(read(path)));
  expect(await Promise.all(codes)).toEqual(['file-not-tried', 'file-not-tried', 'file-not-tried']);
  expect(paths()).toEqual(['/mnt/nfs/plm', '/srv/plm']);
  answer();
  await vi.advanceTimersByTimeAsync(0);
  void read('/a');
  expect(paths().at(-1)).toBe('/a');
});

test('a caller that waited too long behind slow files gets that error', async () => {
  void read('/slow/1');
  const second = codeOf(read('/slow/2'));
  await vi.advanceTimersByTimeAsync(3_000);
  const third = codeOf(read('/slow/3'));
  begun[0]?.answer();
  await vi.advanceTimersByTimeAsync(4_000);
  begun[1]?.answer();
  expect(await second).toBe('read');
  await vi.advanceTimersByTimeAsync(0);
  begun[2]?.answer();
  expect(await third).toBe('read');

  void read('/slow/4');
  const fifth = codeOf(read('/slow/5'));
  const sixth = codeOf(read('/slow/6'));
  await vi.advanceTimersByTimeAsync(4_000);
  begun[3]?.answer();
  await vi.advanceTimersByTimeAsync(4_000);
  begun[4]?.answer();
  expect([await fifth, await sixth]).toEqual(['read', 'file-not-tried']);
});

test('a standstill of this process is no time that a caller waited behind slow files', async () => {
  vi.useRealTimers();
  const slow = createFiles(system, { timeoutMs: 200, mostHung: 2 });
  const first = codeOf(slow.read('/a', 100));
  const second = codeOf(slow.read('/b', 100));
  // Longer than the limit.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  begun[0]?.answer();
  expect(await first).toBe('read');
  begun[1]?.answer();
  expect(await second).toBe('read');
});

test('what answers while this process stands still is no file that hangs', async () => {
  vi.useRealTimers();
  const limits = { timeoutMs: 20, mostHung: 2 };
  const answering = {
    ...system,
    read: async () => await new Promise<Uint8Array>((resolve) => setImmediate(() => resolve(text))),
  };
  const reading = codeOf(createFiles(answering, limits).read('/a', 100));
  // Longer than the limit.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
  expect(await reading).toBe('read');
});

test('while other work takes as long, a file that does not answer does not hang; but not for ever', async () => {
  const starved = createFiles(
    { ...system, work: async () => await new Promise(() => {}) },
    { timeoutMs: 5_000, mostHung: 2 },
  );
  const first = codeOf(starved.read('/a', 100));
  await vi.advanceTimersByTimeAsync(9_999);
  begun[0]?.answer();
  expect(await first).toBe('read');
  const second = codeOf(starved.read('/a', 100));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await second).toBe('file-hangs');
});
