/**
 * `mailprobe config check` finds the errors of a configuration. `mailprobe config schema` prints its JSON Schema.
 * Called by `main.ts`. Connects to nothing.
 */
import type { Config } from '../config/config.ts';
import { configSchema } from '../config/json-schema.ts';
import { loadConfig } from '../config/load.ts';
import { formatErrors } from '../config/config-error.ts';
import { expectedMisfits, WHAT_FITS } from '../fit.ts';
import { cleanText } from '../model/text.ts';
import { type Command, type CommandIo, EXIT, UsageError } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { COMMAND_SPECS } from './command-specs.ts';

export const config: Command = async (args, io) => {
  const read = readArguments(args);
  if (read.subcommand === 'check') return await checkFile(read, io);
  io.stdout.write(`${JSON.stringify(configSchema(), null, 2)}\n`);
  return EXIT.ok;
};

async function checkFile({ file, withoutSecrets }: Asked, io: CommandIo): Promise<number> {
  const loaded = await loadConfig(file, { ...io, withoutSecrets });
  if (loaded.ok) {
    io.stderr.write(formatErrors(loaded.warnings));
    io.stdout.write(`${file}: ${summary(loaded.config)}\n`);
    const misfits = expectedMisfits(loaded.config);
    if (misfits.length > 0) io.stderr.write(`${[...misfits, `What helps: ${WHAT_FITS}.`].join('\n')}\n`);
    return EXIT.ok;
  }
  io.stderr.write(formatErrors(loaded.errors));
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

interface Asked {
  readonly subcommand: 'check' | 'schema';
  readonly file: string;
  readonly withoutSecrets: boolean;
}

function readArguments(args: readonly string[]): Asked {
  const { values, positionals } = parseCommandLine(COMMAND_SPECS.config, args);
  const [subcommand, ...surplus] = positionals;
  if (subcommand === undefined) throw new UsageError('expected check or schema');
  if (subcommand !== 'check' && subcommand !== 'schema') {
    throw new UsageError(`expected check or schema, got "${cleanText(subcommand, 60)}"`);
  }
  if (surplus.length > 0) {
    throw new UsageError(`expected nothing after ${subcommand}, got "${cleanText(surplus.join(' '), 60)}"`);
  }
  return { subcommand, file: values.config, withoutSecrets: values['without-secrets'] === true };
}
