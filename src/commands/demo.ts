/**
 * `demo`: runs a simulated tenant and the daemon that watches it, on loopback, until Ctrl-C. Shows a newcomer the
 * product within seconds. The daemon is the real one, with a configuration file like any other.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { formatErrors } from '../config/config-error.ts';
import { createDaemon, type Daemon } from '../daemon.ts';
import { createRedactor } from '../model/redactor.ts';
import type { StatusChange, TargetStatus } from '../model/status.ts';
import { createLogger } from '../report/log.ts';
import { configFor } from '../sandbox/config-file.ts';
import { createDemoTenant } from '../sandbox/demo-tenant.ts';
import { createSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { EXIT, UsageError, type Command, type CommandIo } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { COMMAND_SPECS } from './command-specs.ts';
import { narrow, renderMailbox, renderOneFix, renderProblem } from './demo-view.ts';
import { describeStartError, isAboutAddress } from './serve.ts';
import { createPalette, flow, type Palette } from './palette.ts';
import { ownName } from './own-name.ts';

const WHAT = 'mailprobe logs in to mailboxes as your apps do, and names why one fails.';
/** Longest wait for confirmed states before the problems are printed. A busy machine takes many times as long as an idle one. */
const PATIENCE_MS = 60_000;
const SLOW =
  'Not every state is confirmed yet, because this machine is busy: what follows may lack problems.';
const BANNER = 'SIMULATED: this is the demo. Tenant, mailboxes and faults exist in this process only.';

export const demo: Command = async (args, io) => {
  const { values } = parseCommandLine(COMMAND_SPECS.demo, args);
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
    throw new UsageError(`--port expects a number from 0 to 65535 (0: any free port), got "${values.port}"`);
  }
  const palette = narrow(createPalette(io));
  const banner = flow(BANNER, palette, { first: '', style: palette.doubtful });
  io.stdout.write(`${palette.strong(WHAT)}\n${banner}\n\n`);

  const { tenant, plan } = createDemoTenant();
  const directory = await mkdtemp(join(tmpdir(), 'mailprobe-demo-'));
  const sandbox = await createSandbox({ tenant });
  let daemon: Daemon | undefined;
  try {
    const listen = `127.0.0.1:${values.port}`;
    const configFile = await configFor(sandbox, directory, { plan, listen, interval: '10s', timeout: '5s' });
    const loaded = await loadConfig(configFile, io);
    if (!loaded.ok)
      throw new Error(`the demo's own configuration has errors: ${formatErrors(loaded.errors)}`);
    const redactor = createRedactor();
    const confirmed = Promise.withResolvers<void>();
    const changes = createChangePrinter(io, palette);
    const rows = createRowPrinter(io, palette);
    try {
      daemon = await createDaemon(loaded.config, {
        configFile,
        env: io.env,
        files: io.files,
        logger: createLogger({ level: 'silent', redactor }),
        redactor,
        banner: BANNER,
        onProbe: () => {
          if (rows.print(daemon?.snapshot().targets ?? [])) confirmed.resolve();
        },
        onChange: changes.change,
      });
    } catch (error) {
      io.stderr.write(`${describeStartError(error, loaded.config)}${otherWay(error, io)}\n`);
      return EXIT.unknown;
    }
    const stopped = once(io.signal, 'abort');
    await Promise.race([confirmed.promise, stopped, patience()]);
    if (!io.signal.aborted) {
      showRest(rows, daemon.snapshot().targets, io, palette);
      showProblems(daemon, io, palette);
      showWhere(daemon, sandbox, configFile, io, palette);
      changes.start();
      await stopped;
    }
    io.stdout.write('\nStopping ...\n');
    return EXIT.ok;
  } finally {
    await daemon?.close();
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  }
};

function otherWay(error: unknown, io: CommandIo): string {
  return isAboutAddress(error) ? ` Or: ${ownName(io)} demo --port 0` : '';
}

async function patience(): Promise<void> {
  await new Promise<void>((resolve) => void setTimeout(resolve, PATIENCE_MS).unref());
}

/** Prints changes of state, but only after the first overview. */
function createChangePrinter(
  io: CommandIo,
  palette: Palette,
): { readonly change: (change: StatusChange) => void; readonly start: () => void } {
  let started = false;
  return {
    start: () => {
      started = true;
    },
    change: ({ target, to, probe, at }) => {
      if (!started) return;
      const time = palette.faint(new Date(at).toISOString().slice(11, 19));
      const state = to === 'up' ? palette.good('opens again') : palette.bad(probe.diagnoses[0]?.title ?? to);
      io.stdout.write(`${time} ${target.mailbox.id} ${target.protocol} ${state}\n`);
    },
  };
}

interface RowPrinter {
  /** Prints the mailboxes that are confirmed now. Returns true when all mailboxes are printed. */
  readonly print: (targets: readonly TargetStatus[]) => boolean;
  /** Prints the remaining mailboxes, as far as their state is known. */
  readonly end: (targets: readonly TargetStatus[]) => void;
}

/** Prints each mailbox as soon as its state is confirmed over every protocol. */
function createRowPrinter(io: CommandIo, palette: Palette): RowPrinter {
  const printed = new Set<string>();
  const print = (
    targets: readonly TargetStatus[],
    isReady: (own: readonly TargetStatus[]) => boolean,
  ): boolean => {
    const mailboxes = Map.groupBy(targets, ({ target }) => target.mailbox.id);
    for (const [id, own] of mailboxes) {
      if (printed.has(id) || !isReady(own)) continue;
      printed.add(id);
      io.stdout.write(renderMailbox(own, palette));
    }
    return targets.length > 0 && printed.size === mailboxes.size;
  };
  return {
    print: (targets) => print(targets, (own) => own.every(isSettled)),
    end: (targets) => void print(targets, () => true),
  };
}

/** Whether no probe within a minute changes the state: it is confirmed, or the server asked mailprobe to wait. */
function isSettled({ confirmed, backOffMs = 0 }: TargetStatus): boolean {
  return confirmed !== 'unknown' || backOffMs > 0;
}

/** Prints the remaining mailboxes, and says so if the state of one is not settled yet. */
function showRest(rows: RowPrinter, targets: readonly TargetStatus[], io: CommandIo, palette: Palette): void {
  rows.end(targets);
  if (!targets.every(isSettled)) io.stdout.write(`\n${flow(SLOW, palette, { first: '' })}\n`);
}

function showProblems(daemon: Daemon, io: CommandIo, palette: Palette): void {
  const { problems } = daemon.snapshot();
  const open = problems.filter(({ severity }) => severity !== 'info');
  const lines = open.map((problem) => renderProblem(problem, palette));
  const advisories = problems.length - open.length;
  io.stdout.write(`\n${palette.strong(`${open.length} open problems`)}\n\n${lines.join('\n')}\n`);
  if (advisories > 0) io.stdout.write(palette.faint(`\nand ${advisories} advisories, on the status page\n`));
  const example = renderOneFix(open, palette);
  if (example !== '') io.stdout.write(`\nEach has a fix. For example:\n\n${example}`);
}

function showWhere(
  daemon: Daemon,
  sandbox: Sandbox,
  configFile: string,
  io: CommandIo,
  palette: Palette,
): void {
  const rows = [
    ['status page', `${daemon.url}/`],
    ['metrics', `${daemon.url}/metrics`],
    ['health', `${daemon.url}/health`],
    ['API', `${daemon.url}/api/v1/problems`],
    ['break or fix', `${sandbox.control}/  (the sandbox's control API)`],
    ['one probe', `${ownName(io)} check sales \\\n${' '.repeat(19)}--config ${configFile}`],
  ];
  const lines = rows.map(([name, where]) => `  ${(name ?? '').padEnd(14)} ${where}`);
  io.stdout.write(
    `\n${lines.join('\n')}\n\n${palette.doubtful('Simulated.')} Changes appear below. Press Ctrl-C to stop.\n\n`,
  );
}
