/** The type of a command: it gets arguments and returns an exit code. `main.ts` calls it. Each command is one file. */
import type { Readable } from 'node:stream';
import type { Files } from '../model/files.ts';

export interface CommandIo {
  readonly stdin: Readable;
  readonly stdout: {
    readonly write: (text: string) => unknown;
    readonly isTTY?: boolean;
    readonly columns?: number;
  };
  readonly stderr: { readonly write: (text: string) => unknown; readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads all files of this process. */
  readonly files: Files;
  /** Aborted by SIGINT and SIGTERM. The command must then end cleanly. */
  readonly signal: AbortSignal;
}

/** The exit codes of Nagios plug-ins, used by every command. */
export const EXIT = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const;

export type Command = (args: readonly string[], io: CommandIo) => Promise<number>;

/** A command line that cannot be understood. `main.ts` prints it with a pointer to the help and exits with 3. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
