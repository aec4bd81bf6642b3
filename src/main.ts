#!/usr/bin/env node
/**
 * The command line: chooses the command, parses its arguments, handles signals and sets the exit code. Each command is
 * a file in `commands/`, loaded only when it is used.
 */
import { EXIT, UsageError, type Command, type CommandIo } from './commands/command.ts';
import { renderHelp, renderOverview } from './commands/command-help.ts';
import { nearest } from './commands/command-line.ts';
import { COMMAND_SPECS, type CommandName } from './commands/command-specs.ts';
import { createFiles } from './files/bounded-files.ts';
import { endProcess } from './end-process.ts';
import { startWithMemorySettings } from './memory-at-start.ts';
import { cleanText } from './model/text.ts';
import { version } from './version.ts';

const COMMANDS: Readonly<Record<CommandName, () => Promise<Command>>> = {
  init: async () => (await import('./commands/init.ts')).init,
  check: async () => (await import('./commands/check.ts')).check,
  serve: async () => (await import('./commands/serve.ts')).serve,
  report: async () => (await import('./commands/report.ts')).report,
  backup: async () => (await import('./commands/backup.ts')).backup,
  explain: async () => (await import('./commands/explain.ts')).explain,
  config: async () => (await import('./commands/config.ts')).config,
  notify: async () => (await import('./commands/notify.ts')).notify,
  'setup-script': async () => (await import('./commands/setup-script.ts')).setupScript,
  sandbox: async () => (await import('./commands/sandbox.ts')).sandbox,
  demo: async () => (await import('./commands/demo.ts')).demo,
};
const HELP_OPTIONS: ReadonlySet<string> = new Set(['--help', '-h']);

async function main(args: readonly string[], io: CommandIo): Promise<number> {
  const [first, ...others] = args;
  if (first === '--version' || first === '-v' || first === '-V') {
    io.stdout.write(`mailprobe ${version} (Node.js ${process.version})\n`);
    return EXIT.ok;
  }
  const asksForHelp = first === 'help' || HELP_OPTIONS.has(first ?? '');
  const [name, ...rest] = asksForHelp ? others : args;
  if (name === undefined) {
    io.stdout.write(renderOverview(COMMAND_SPECS));
    return asksForHelp ? EXIT.ok : EXIT.unknown;
  }
  if (!isCommandName(name)) {
    const near = nearest(name, Object.keys(COMMAND_SPECS));
    const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
    io.stderr.write(
      `There is no command "${cleanText(name, 60)}".${hint}\n\n${renderOverview(COMMAND_SPECS)}`,
    );
    return EXIT.unknown;
  }
  if (asksForHelp || optionsOf(rest).some((option) => HELP_OPTIONS.has(option))) {
    io.stdout.write(renderHelp(COMMAND_SPECS[name]));
    return EXIT.ok;
  }
  const run = await COMMANDS[name]();
  try {
    return await run(rest, io);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.stderr.write(
      `mailprobe ${name}: ${error.message}\n"mailprobe ${name} --help" lists its options, with an example.\n`,
    );
    return EXIT.unknown;
  }
}

function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMAND_SPECS, name);
}

/** Arguments after `--` are not options. */
function optionsOf(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end === -1 ? args : args.slice(0, end);
}

if (process.argv[2] === 'serve') startWithMemorySettings();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // A second signal ends the process at once, by the system's default.
  process.once(signal, () => stop.abort(new DOMException(`received ${signal}`, 'AbortError')));
}
const args = process.argv.slice(2);
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Ends the process when the reader of its output has ended, as in `mailprobe explain | head`. Other errors, such as a
  // full disk, must not end `serve`.
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
