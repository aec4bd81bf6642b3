/**
 * `mailprobe sandbox [--port N] [--directory DIR] [--names HOST,HOST]`: runs the simulated tenant alone, with its
 * control API, for testing alerts. Called by `main.ts`. Runs until SIGINT or SIGTERM. See docs/sandbox.md.
 */
import { factsOf, PROTOCOL_IDS, type Protocol } from '../model/protocol.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { cleanText } from '../model/text.ts';
import { configFor } from '../sandbox/config-file.ts';
import { createDemoTenant } from '../sandbox/demo-tenant.ts';
import { FRONT_NAMES } from '../sandbox/fronts.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../sandbox/sandbox.ts';
import { type Command, type CommandIo, EXIT, UsageError } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { COMMAND_SPECS } from './command-specs.ts';
import { ownName } from './own-name.ts';

const HIGHEST_PORT = 65_535;
const LONGEST_NAME = 253;

export const sandbox: Command = async (args, io) => {
  const { port, directory, names } = readArguments(args);
  const { tenant, plan } = createDemoTenant();
  const options = { tenant, ports: portsFrom(port), failureDelayMs: 1500, certificateNames: names };
  const running = await start(options, port);
  const own = directory === undefined ? await mkdtemp(join(tmpdir(), 'mailprobe-sandbox-')) : undefined;
  try {
    const file = await configFor(running, resolve(directory ?? own ?? ''), { plan });
    io.stdout.write(announcement(running, file, io));
    await untilAborted(io.signal);
  } finally {
    await running.close();
    if (own !== undefined) await rm(own, { recursive: true, force: true });
  }
  return EXIT.ok;
};

interface Asked {
  readonly port?: number;
  readonly directory?: string;
  readonly names: readonly string[];
}

function readArguments(args: readonly string[]): Asked {
  const { port, directory, names = '' } = parseCommandLine(COMMAND_SPECS.sandbox, args).values;
  if (
    port !== undefined &&
    !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && lastPort(Number(port)) <= HIGHEST_PORT)
  ) {
    throw new UsageError(
      `expected --port to be a number from 1 to ${HIGHEST_PORT - FRONT_NAMES.length + 1} (the ${FRONT_NAMES.length - 1} ports after it are used too), got "${cleanText(port, 60)}"`,
    );
  }
  return {
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(directory === undefined ? {} : { directory }),
    names: namesIn(names),
  };
}

/**
 * Returns the host names in the list, which may begin with a wildcard. Throws for a name that a certificate cannot
 * contain.
 */
function namesIn(list: string): readonly string[] {
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const wrong = names.find((name) => name.length > LONGEST_NAME || !/^(?:\*\.)?[a-z0-9.-]+$/i.test(name));
  if (wrong !== undefined) {
    throw new UsageError(
      `expected --names to be host names such as outlook.office365.com, separated by commas, got "${cleanText(wrong, 60)}"`,
    );
  }
  return names;
}

function lastPort(first: number): number {
  return first + FRONT_NAMES.length - 1;
}

/** Assigns the ports. The control API gets the requested port, and the other servers get the ports after it. */
function portsFrom(first: number | undefined): NonNullable<SandboxOptions['ports']> {
  if (first === undefined) return {};
  return Object.fromEntries(FRONT_NAMES.map((name, at) => [name, first + at]));
}

async function start(options: SandboxOptions, port: number | undefined): Promise<Sandbox> {
  try {
    return await createSandbox(options);
  } catch (error) {
    if (port === undefined || !(error instanceof Error && 'code' in error)) throw error;
    throw new UsageError(
      `the ports ${port} to ${lastPort(port)} cannot all be used (${cleanText(String(error.code), 40)}): give another --port, or none`,
    );
  }
}

const UPGRADES: Readonly<Record<Protocol, string>> = { imap: 'STARTTLS', pop3: 'STLS' };

function announcement(running: Sandbox, file: string, io: CommandIo): string {
  const { tenant } = running;
  const bold = (text: string): string => (io.stdout.isTTY === true ? `\u001B[1m${text}\u001B[0m` : text);
  const mail = ({ host, port }: { readonly host: string; readonly port: number }): string =>
    `${host}:${port}`;
  return `${[
    bold(
      'SIMULATED: a Microsoft 365 tenant of mailprobe on this machine. Nothing here belongs to Microsoft or connects to it.',
    ),
    '',
    `  tenant        ${tenant.id}  ${tenant.domain}`,
    `  token host    ${running.authority}`,
    `  Graph         ${running.graphEndpoint}`,
    ...PROTOCOL_IDS.map((protocol) => {
      const upgraded = mail(running[`${protocol}StartTls`]);
      return `  ${factsOf(protocol).name.padEnd(13)} ${mail(running[protocol])}  (${UPGRADES[protocol]}: ${upgraded})`;
    }),
    `  control API   ${running.control}`,
    `  configuration ${file}`,
    '',
    'Watch it, in another terminal:',
    `  ${ownName(io)} serve --config ${file}`,
    'Break something, and fix it again:',
    `  curl -X POST ${running.control}/scenario/secret-expired`,
    `  curl -X POST ${running.control}/reset`,
    'All scenarios:',
    `  curl ${running.control}/`,
    '',
    'Ctrl-C ends it.',
  ].join('\n')}\n`;
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}
