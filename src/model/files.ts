/**
 * What a read of a file may say, and how long it may take: the one way in which all parts read files. `files/` does
 * it, the rim hands it on; whoever reads judges what the bytes mean.
 */

export type FileFault =
  | 'file-missing'
  | 'file-unreadable'
  | 'file-is-folder'
  | 'file-not-regular'
  | 'file-too-large'
  | 'file-not-utf8'
  | 'file-hangs'
  | 'file-not-tried';

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
  /** Of the entry itself: a link to a folder is not a folder. */
  readonly isFolder: boolean;
}

/** Each call ends within seconds, whatever the disk does, and rejects with `FileError` only. */
export interface Files {
  /** The whole content of a regular file: no pipe, device or socket is read. */
  readonly read: (path: string, limitBytes: number) => Promise<Uint8Array>;
  readonly list: (folder: string) => Promise<readonly FolderEntry[]>;
  /** Which file stands behind the name, and its last change; of a folder, the names in it. */
  readonly fingerprint: (path: string) => Promise<string>;
}

export const CONFIG_LIMIT_BYTES = 16 * 1024 * 1024;
/** Secrets, tokens, certificates and keys. */
export const CREDENTIAL_LIMIT_BYTES = 64 * 1024;
