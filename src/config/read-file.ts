/**
 * Reads a text file for the configuration: bounded, UTF-8 or refused, and with a reason for people when it cannot.
 * What the text means is for the callers. A reason names neither the path nor any of the content.
 */
import { open } from 'node:fs/promises';

export type FileFault =
  | 'file-missing'
  | 'file-unreadable'
  | 'file-is-folder'
  | 'file-too-large'
  | 'file-not-utf8';

export class FileError extends Error {
  readonly code: FileFault;
  /** Completes "cannot read it: …". */
  readonly reason: string;

  constructor(code: FileFault, reason: string) {
    super(`cannot read the file: ${reason}`);
    this.name = 'FileError';
    this.code = code;
    this.reason = reason;
  }
}

export const CONFIG_LIMIT_BYTES = 16 * 1024 * 1024;
/** Secrets, tokens, certificates and keys. */
export const CREDENTIAL_LIMIT_BYTES = 64 * 1024;

/** A byte order mark is kept, for the caller to judge. Rejects with `FileError` only. */
export async function readText(path: string, limitBytes: number): Promise<string> {
  const bytes = await readBounded(path, limitBytes).catch((error: unknown) => {
    throw error instanceof FileError ? error : systemFault(error);
  });
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new FileError(
      'file-not-utf8',
      'it is UTF-16 (as Windows PowerShell writes with ">"), save it as UTF-8',
    );
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Falls through to the one answer for both.
  }
  throw new FileError('file-not-utf8', 'it is not UTF-8 text');
}

/** Stops one byte past the limit: a device or a pipe has no size to ask for first. */
async function readBounded(path: string, limitBytes: number): Promise<Uint8Array> {
  await using file = await open(path, 'r');
  const stats = await file.stat();
  if (stats.isDirectory()) throw new FileError('file-is-folder', 'it is a folder, not a file');
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length <= limitBytes) {
    const { bytesRead, buffer } = await file.read(new Uint8Array(64 * 1024), 0, 64 * 1024);
    if (bytesRead === 0) return Buffer.concat(chunks);
    chunks.push(buffer.subarray(0, bytesRead));
    length += bytesRead;
  }
  throw new FileError('file-too-large', `it is larger than ${limitBytes / 1024} KiB`);
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
    default:
      return new FileError('file-unreadable', `the system refuses (${code})`);
  }
}
