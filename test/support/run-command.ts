/** Runs a command as the command line would, in this process, and collects what it prints. */
import { Readable } from 'node:stream';
import type { Command } from '../../src/commands/command.ts';
import { createPatientFiles } from './files.ts';

export interface CommandRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly onOutput?: (text: string) => void;
}

export async function runCommand(
  command: Command,
  args: readonly string[],
  options: RunOptions = {},
): Promise<CommandRun> {
  let stdout = '';
  let stderr = '';
  const exitCode = await command(args, {
    stdin: Readable.from([options.stdin ?? '']),
    stdout: {
      write: (text: string) => {
        stdout += text;
        options.onOutput?.(text);
      },
    },
    stderr: { write: (text: string) => (stderr += text) },
    env: options.env ?? {},
    files: createPatientFiles(),
    signal: options.signal ?? new AbortController().signal,
  });
  return { exitCode, stdout, stderr };
}
