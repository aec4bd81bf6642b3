/** `serve`: runs the daemon in the foreground until SIGINT or SIGTERM. SIGHUP reloads the configuration. */
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import type { Config } from '../config/config.ts';
import { createConfigProcess } from '../config-process.ts';
import { formatErrors } from '../config/config-error.ts';
import { createDaemon, type Daemon } from '../daemon.ts';
import { createRedactor } from '../model/redactor.ts';
import { InstallationError } from '../model/installation-error.ts';
import { StoreError } from '../model/store-error.ts';
import { endpointName } from '../model/target.ts';
import { openStore } from '../open-store.ts';
import { createLogger } from '../report/log.ts';
import { EXIT, type Command, type CommandIo } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { COMMAND_SPECS } from './command-specs.ts';

/**
 * Keeps the heap close to the size of the live data. Without these flags, garbage from the answers of hostile servers
 * and clients could stay until the heap has grown to four times its size. The size of the young generation that
 * `memory-at-start.ts` sets is for the main thread. Threads that start later get a smaller one.
 */
const MEMORY_FLAGS = ['--memory-saver-mode', '--min-semi-space-size=1', '--max-semi-space-size=0'];

export const serve: Command = async (args, io) => {
  const { values } = parseCommandLine(COMMAND_SPECS.serve, args);
  for (const flag of MEMORY_FLAGS) setFlagsFromString(flag);
  const starting = start(values.config, io);
  const daemon = await Promise.race([starting, stopped(io.signal)]);
  if (daemon === 'stopped') {
    // The start may wait for a disk that does not answer. If the daemon still starts after the signal, it is closed. If
    // the start fails, nobody reports it: the signal may have ended the process that reads the configuration.
    void starting.then(
      async (late) => await late?.close(),
      () => undefined,
    );
    return EXIT.ok;
  }
  if (daemon === undefined) return EXIT.unknown;
  const reload = (): void => void daemon.reload();
  process.on('SIGHUP', reload);
  await stopped(io.signal);
  process.off('SIGHUP', reload);
  await daemon.close();
  return EXIT.ok;
};

async function stopped(signal: AbortSignal): Promise<'stopped'> {
  if (!signal.aborted) await once(signal, 'abort');
  return 'stopped';
}

/**
 * A separate function, so that the code that waits for the end of the daemon does not keep the first configuration in
 * memory.
 */
async function start(configFile: string, io: CommandIo): Promise<Daemon | undefined> {
  try {
    return await startWith(configFile, io);
  } catch (error) {
    if (!(error instanceof InstallationError)) throw error;
    io.stderr.write(`${error.message}\n`);
    return undefined;
  }
}

async function startWith(configFile: string, io: CommandIo): Promise<Daemon | undefined> {
  const loader = createConfigProcess({ configFile, env: io.env });
  const loaded = await loader.load();
  if (!loaded.ok) {
    io.stderr.write(formatErrors(loaded.errors));
    return undefined;
  }
  io.stderr.write(formatErrors(loaded.warnings));
  const redactor = createRedactor();
  const logger = createLogger({
    level: loaded.config.logLevel,
    format: io.stdout.isTTY === true ? (await import('../report/readable-log.ts')).readableLine : undefined,
    destination: io.stdout,
    redactor,
  });
  const edges = { configFile, loader, env: io.env, files: io.files, logger, redactor };
  try {
    const opened = await openStore(loaded.config, edges);
    return await createDaemon(loaded.config, { ...edges, opened });
  } catch (error) {
    io.stderr.write(`${describeStartError(error, loaded.config)}\n`);
    return undefined;
  }
}

/** The system calls that fail if the address to listen on cannot be used. */
const OF_THE_ADDRESS: ReadonlySet<unknown> = new Set(['listen', 'bind', 'getaddrinfo']);

/** Whether the daemon cannot start because it cannot listen on its address. */
export function isAboutAddress(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && OF_THE_ADDRESS.has(error.syscall);
}

/** Describes why the daemon does not start. Shared with `demo`. */
export function describeStartError(error: unknown, { listen }: Pick<Config, 'listen'>): string {
  if (error instanceof StoreError || error instanceof InstallationError) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  if (!isAboutAddress(error)) {
    const what =
      error instanceof Error && 'path' in error ? `${String(error.path)} cannot be read` : 'it failed';
    return `mailprobe cannot start: ${what} (${code}). If a file of mailprobe itself is missing, install it again.`;
  }
  const where = endpointName(listen);
  switch (code) {
    case 'EADDRINUSE':
      return `Cannot listen on ${where}: another process already listens there. Stop it, or set another "listen" in the configuration.`;
    case 'EACCES':
      return `Cannot listen on ${where}: this user may not use that port. Use a port above 1023.`;
    case 'EADDRNOTAVAIL':
      return `Cannot listen on ${where}: this machine has no such address.`;
    default:
      return `Cannot listen on ${where} (${code}).`;
  }
}
