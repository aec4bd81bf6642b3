/**
 * `mailprobe config check` and `mailprobe config schema`: is the file right, and what may stand in it. Called by
 * `main.ts`. Nothing is connected to.
 */
import { parseArgs } from 'node:util';
import type { Config } from '../config/config.ts';
import { configSchema } from '../config/json-schema.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblems } from '../config/problem.ts';
import { cleanText } from '../model/text.ts';
import { type Command, type CommandIo, EXIT } from './command.ts';

const USAGE = `usage: mailprobe config check [--config FILE]   every problem of the file at once (default: mailprobe.yaml)
       mailprobe config schema                  its JSON Schema, for editors
`;

export const config: Command = async (args, io) => {
  const read = readArguments(args);
  if (typeof read === 'string') {
    io.stderr.write(`mailprobe config: ${read}\n${USAGE}`);
    return EXIT.unknown;
  }
  if (read.subcommand === 'check') return await checkFile(read.file, io);
  io.stdout.write(`${JSON.stringify(configSchema(), null, 2)}\n`);
  return EXIT.ok;
};

async function checkFile(file: string, io: CommandIo): Promise<number> {
  const loaded = await loadConfig(file, io);
  if (loaded.ok) {
    io.stdout.write(`${file}: ${summary(loaded.config)}\n`);
    return EXIT.ok;
  }
  io.stderr.write(formatProblems(loaded.problems));
  return EXIT.unknown;
}

function summary({ apps, mailboxes, targets }: Config): string {
  const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;
  return [
    counted(apps.length, 'app', 'apps'),
    counted(mailboxes.length, 'mailbox', 'mailboxes'),
    counted(targets.length, 'target', 'targets'),
  ].join(', ');
}

/** What was asked for, or what is wrong with it. */
function readArguments(args: readonly string[]): { subcommand: 'check' | 'schema'; file: string } | string {
  let parsed: { values: { config?: string }; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options: { config: { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    // Node's own words name the option, and nothing else of what was given.
    return cleanText(error instanceof Error ? error.message : 'the arguments cannot be read');
  }
  const [subcommand, ...surplus] = parsed.positionals;
  if (subcommand === undefined) return 'expected check or schema';
  if (subcommand !== 'check' && subcommand !== 'schema') {
    return `expected check or schema, got "${cleanText(subcommand, 60)}"`;
  }
  if (surplus.length > 0)
    return `expected no more after ${subcommand}, got "${cleanText(surplus.join(' '), 60)}"`;
  if (subcommand === 'schema' && parsed.values.config !== undefined) return 'the schema needs no --config';
  return { subcommand, file: parsed.values.config ?? 'mailprobe.yaml' };
}
