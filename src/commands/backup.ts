/** `backup FILE`: copies the store to a new file while the daemon runs. */
import { resolve } from 'node:path';
import { EXIT, UsageError, type Command } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { COMMAND_SPECS } from './command-specs.ts';
import { withStore } from './stored.ts';

export const backup: Command = async (args, io) => {
  const { values, positionals } = parseCommandLine(COMMAND_SPECS.backup, args);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0)
    throw new UsageError(`expected one argument, the file to write; got ${positionals.length}`);
  return await withStore(values.config, io, async (store, from) => {
    await store.backup(file);
    io.stdout.write(`copied ${from} to ${resolve(file)}\n`);
    return EXIT.ok;
  });
};
