/**
 * The interface through which all parts read files, bounded in size and time. `files/` implements it, the composition
 * root passes it on; the reader decides what the bytes mean.
 */

export type FileFault =
  | 'file-missing'
  | 'file-unreadable'
  | 'file-is-folder'
  | 'file-not-regular'
  | 'file-too-large'
  | 'file-not-utf8'
  | 'file-hangs'
  | 'file-not-tried'
  /** The system's own codes: this process has no file descriptor left, which says nothing about the file. */
  | 'EMFILE'
  | 'ENFILE';

/** Its reason completes "cannot read it: …", and names neither the path nor any of the content. */
export class FileError extends Error {
  readonly code: FileFault;
  readonly reason: string;

  constructor(code: FileFault, reason: string) {
    super(`cannot read the file: ${reason}`);
    this.name = 'FileError';
    this.code = code;
    this.reason = reason;
  }
}

export interface FolderEntry {
  readonly name: string;
  /** Whether the entry itself is a folder. A link to a folder is not. */
  readonly isFolder: boolean;
}

/** Each call ends within seconds, even if the disk hangs, and rejects with `FileError` only. */
export interface Files {
  /** The whole content of a regular file: no pipe, device or socket is read. */
  readonly read: (path: string, limitBytes: number) => Promise<Uint8Array>;
  readonly list: (folder: string) => Promise<readonly FolderEntry[]>;
  /** Identifies the file behind the name, and its last change; for a folder, the names in it. */
  readonly fingerprint: (path: string) => Promise<string>;
}

export const CONFIG_LIMIT_BYTES = 16 * 1024 * 1024;
/** Secrets, tokens, certificates and keys. */
export const CREDENTIAL_LIMIT_BYTES = 64 * 1024;
