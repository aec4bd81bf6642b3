#!/usr/bin/env node
/**
 * The command line: which command, its arguments, the signals that end it, and its exit code. What a command does
 * stands in `commands/`, one file each, loaded when it is asked for.
 */
import { closest } from 'fastest-levenshtein';
import { EXIT, UsageError, type Command, type CommandIo } from './commands/command.ts';
import { createFiles } from './files/bounded-files.ts';
import { endProcess } from './end-process.ts';
import { version } from './version.ts';

const COMMANDS: Readonly<
  Record<string, { readonly summary: string; readonly load: () => Promise<Command> }>
> = {
  serve: {
    summary: 'watch the configured mailboxes                 [--config FILE]',
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  check: {
    summary:
      'look once, now                                 [MAILBOX...] [--protocol imap|pop3] [--format text|json|nagios] [--checklist] [--watch]',
    load: async () => (await import('./commands/check.ts')).check,
  },
  explain: {
    summary: 'name the cause in a pasted error or log        [FILE] [--format text|json]',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  config: {
    summary: 'check the configuration, print its schema      check | schema',
    load: async () => (await import('./commands/config.ts')).config,
  },
  'setup-script': {
    summary: 'the set-up guide as one PowerShell script      [--app ID] [--config FILE]',
    load: async () => (await import('./commands/setup-script.ts')).setupScript,
  },
  sandbox: {
    summary: 'run a simulated tenant                         [--port N]',
    load: async () => (await import('./commands/sandbox.ts')).sandbox,
  },
  demo: {
    summary: 'a simulated tenant and the daemon together',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
};

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`);
  return [
    'Usage: mailprobe COMMAND [OPTIONS]',
    '',
    ...lines,
    '',
    'mailprobe --version prints the version.',
    '',
  ].join('\n');
}

async function main(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    io.stdout.write(usage());
    return name === undefined ? EXIT.unknown : EXIT.ok;
  }
  if (name === '--version' || name === '-v') {
    io.stdout.write(`mailprobe ${version} (Node.js ${process.version})\n`);
    return EXIT.ok;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    io.stderr.write(
      `There is no command "${name}". Did you mean "${closest(name, Object.keys(COMMANDS))}"?\n\n${usage()}`,
    );
    return EXIT.unknown;
  }
  const run = await command.load();
  try {
    return await run(rest, io);
  } catch (error) {
    const message = usageMessage(error);
    if (message === undefined) throw error;
    io.stderr.write(
      `mailprobe ${name}: ${message}\n"mailprobe --help" lists the commands and their options.\n`,
    );
    return EXIT.unknown;
  }
}

/** Ours, or node:util's when parseArgs refuses an option. */
function usageMessage(error: unknown): string | undefined {
  if (error instanceof UsageError) return error.message;
  const isParseArgsError =
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  return isParseArgsError ? error.message : undefined;
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // A second signal ends the process at once, by the system's default.
  process.once(signal, () => stop.abort(new DOMException(`received ${signal}`, 'AbortError')));
}
const args = process.argv.slice(2);
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Reading ends when the reader does: `mailprobe explain | head`. But no disk that is full ends the watching.
  if (args[0] !== 'serve' || error.code === 'EPIPE') process.exit(EXIT.unknown);
});

const exitCode = await main(args, {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  files: createFiles(),
  signal: stop.signal,
});

endProcess(exitCode);
