/** The interface through which all parts of mailprobe read files, bounded in size and time. Implemented by `files/`. */

export type FileFault =
  | 'file-missing'
  | 'file-unreadable'
  | 'file-is-folder'
  | 'file-not-regular'
  | 'file-too-large'
  | 'file-not-utf8'
  | 'file-hangs'
  | 'file-not-tried'
  /** The two codes of the system for a lack of file descriptors. They say nothing about the file. */
  | 'EMFILE'
  | 'ENFILE';

/** `reason` completes the sentence "cannot read it: …". It contains neither the path nor any content of the file. */
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
  /** Whether the entry itself is a folder. False for a link to a folder. */
  readonly isFolder: boolean;
}

/** Each call ends within seconds, even if the disk hangs. It rejects only with a `FileError`. */
export interface Files {
  /** Returns the whole content of a regular file. Rejects for a pipe, a device, a socket, or a file over the limit. */
  readonly read: (path: string, limitBytes: number) => Promise<Uint8Array>;
  readonly list: (folder: string) => Promise<readonly FolderEntry[]>;
  /**
   * Returns a text that changes when the file is changed or replaced. For a folder, the text also changes with the
   * names of the files in it.
   */
  readonly fingerprint: (path: string) => Promise<string>;
}

export const CONFIG_LIMIT_BYTES = 16 * 1024 * 1024;
/** For files of secrets, tokens, certificates and keys. */
export const CREDENTIAL_LIMIT_BYTES = 64 * 1024;
