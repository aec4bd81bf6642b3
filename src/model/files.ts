/**
 * The interface through which all parts read files, bounded in size and time. `files/` implements it, and the
 * composition root passes it to the parts that read.
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
  /** The system's own codes: no file descriptor is left. This says nothing about the file. */
  | 'EMFILE'
  | 'ENFILE';

/** `reason` completes the sentence "cannot read it: …". It names neither the path nor any of the content. */
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

/** Each call ends within seconds, even if the disk hangs. It rejects only with a `FileError`. */
export interface Files {
  /** Returns the whole content of a regular file. Rejects for a pipe, a device, a socket, or a larger file. */
  readonly read: (path: string, limitBytes: number) => Promise<Uint8Array>;
  readonly list: (folder: string) => Promise<readonly FolderEntry[]>;
  /** Returns a text that changes when the file does, or when another file replaces it. It covers a folder's names. */
  readonly fingerprint: (path: string) => Promise<string>;
}

export const CONFIG_LIMIT_BYTES = 16 * 1024 * 1024;
/** For files of secrets, tokens, certificates and keys. */
export const CREDENTIAL_LIMIT_BYTES = 64 * 1024;
