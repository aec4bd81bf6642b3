/**
 * Reads files of the system, bounded in size but not in time. Only regular files are read, and system errors become
 * messages for people. Called by `bounded-files.ts` only.
 */
import { randomBytes } from 'node:crypto';
import { constants, readFileSync } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { FileError, type Files } from '../model/files.ts';

export interface FileSystem extends Files {
  /** Returns the mount points without accessing them. Empty if the system does not list them. */
  readonly mountPoints: () => readonly string[];
  /** Runs an operation that needs no file, on the threads that read files. Never rejects. */
  readonly work: () => Promise<unknown>;
}

/** With these flags, a pipe opens without a writer, and a terminal does not become the controlling one. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
const CHUNK_BYTES = 64 * 1024;

export const systemFiles: FileSystem = {
  read: async (path, limitBytes) => await inOurWords(readRegular(path, limitBytes)),
  list: async (folder) => {
    const entries = await inOurWords(readdir(folder, { withFileTypes: true }));
    return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  },
  fingerprint: async (path) => {
    const entry = await inOurWords(stat(path, { bigint: true }));
    const names = entry.isDirectory() ? (await inOurWords(readdir(path))).sort().join('/') : '';
    return [entry.dev, entry.ino, entry.size, entry.mtimeNs, entry.ctimeNs, names].join(' ');
  },
  work: () => new Promise<void>((resolve) => randomBytes(1, () => resolve())),
  mountPoints: () => {
    try {
      return parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
    } catch {
      return [];
    }
  },
};

/** Returns the mount points in the format of proc_pid_mountinfo(5): the fifth field, with blanks as octal numbers. */
export function parseMountInfo(text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line) => line.split(' ')[4] ?? [])
    .map((path) => path.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))));
}

/** Reads until the end or past the limit, because files of /proc do not report their size. */
async function readRegular(path: string, limitBytes: number): Promise<Uint8Array> {
  await using file = await open(path, FLAGS);
  const stats = await file.stat();
  if (stats.isDirectory()) throw new FileError('file-is-folder', 'it is a folder, not a file');
  if (stats.isFIFO()) throw notRegular('a named pipe (FIFO)');
  if (stats.isCharacterDevice() || stats.isBlockDevice()) throw notRegular('a device');
  if (!stats.isFile()) throw notRegular('something else');
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length <= limitBytes) {
    const { bytesRead, buffer } = await file.read(new Uint8Array(CHUNK_BYTES), 0, CHUNK_BYTES);
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
  }
  throw new FileError('file-too-large', `it is larger than ${limitBytes / 1024} KiB`);
}

function notRegular(what: string): FileError {
  return new FileError('file-not-regular', `it is ${what}, and only a regular file is read`);
}

async function inOurWords<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    throw error instanceof FileError ? error : systemFault(error);
  }
}

function systemFault(error: unknown): FileError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new FileError('file-missing', 'there is no such file');
    case 'EACCES':
    case 'EPERM':
      return new FileError('file-unreadable', 'this user may not read it');
    case 'EISDIR':
      return new FileError('file-is-folder', 'it is a folder, not a file');
    case 'ENXIO':
      return notRegular('a socket or a device without hardware');
    case 'EMFILE':
    case 'ENFILE':
      return new FileError(code, `this process has no file descriptor left (${code})`);
    case 'ETIMEDOUT':
    case 'ESTALE':
    case 'EHOSTDOWN':
    case 'ENOTCONN':
      return new FileError(
        'file-unreadable',
        `its file system does not answer (${code}): check that it is mounted`,
      );
    default:
      return new FileError('file-unreadable', `the system refuses (${code})`);
  }
}
