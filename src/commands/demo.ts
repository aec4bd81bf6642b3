/**
 * `demo`: a simulated tenant and the daemon that watches it, on loopback, until Ctrl-C. Shows a newcomer within
 * seconds what the product is. The daemon is the real one, loaded from a configuration file like any other.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/load.ts';
import { formatErrors } from '../config/config-error.ts';
import { createDaemon, type Daemon } from '../daemon.ts';
import { createRedactor } from '../model/redactor.ts';
import type { StatusChange } from '../model/status.ts';
import { createLogger } from '../report/log.ts';
import { configFor } from '../sandbox/config-file.ts';
import { createDemoTenant } from '../sandbox/demo-tenant.ts';
import { createSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { EXIT, UsageError, type Command, type CommandIo } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { COMMAND_SPECS } from './command-specs.ts';
import { renderFleet, renderProblem } from './demo-view.ts';
import { describeListenError } from './serve.ts';
import { createPalette, type Palette } from './palette.ts';

/** Longest wait for confirmed states before the first overview is printed. */
const PATIENCE_MS = 7_000;
const BANNER = 'SIMULATED: this is the demo. Tenant, mailboxes and faults exist in this process only.';

export const demo: Command = async (args, io) => {
  const { values } = parseCommandLine(COMMAND_SPECS.demo, args);
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
    throw new UsageError(`--port expects a number from 0 to 65535 (0: any free port), got "${values.port}"`);
  }
  const palette = createPalette(io);
  io.stdout.write(`${palette.doubtful(BANNER)}\n\nStarting the simulated tenant and the daemon ...\n`);

  const { tenant, plan } = createDemoTenant();
  const directory = await mkdtemp(join(tmpdir(), 'mailprobe-demo-'));
  const sandbox = await createSandbox({ tenant });
  let daemon: Daemon | undefined;
  try {
    const listen = `127.0.0.1:${values.port}`;
    const configFile = await configFor(sandbox, directory, { plan, listen, interval: '10s', timeout: '5s' });
    const loaded = await loadConfig(configFile, io);
    if (!loaded.ok)
      throw new Error(`the demo's own configuration is refused: ${formatErrors(loaded.errors)}`);
    const redactor = createRedactor();
    const confirmed = Promise.withResolvers<void>();
    const changes = createChangePrinter(io, palette);
    try {
      daemon = await createDaemon(loaded.config, {
        configFile,
        env: io.env,
        files: io.files,
        logger: createLogger({ level: 'silent', pretty: false, redactor }),
        redactor,
        banner: BANNER,
        onProbe: () => {
          const { targets } = daemon?.snapshot() ?? { targets: [] };
          if (targets.length > 0 && targets.every((status) => status.confirmed !== 'unknown'))
            confirmed.resolve();
        },
        onChange: changes.change,
      });
    } catch (error) {
      io.stderr.write(`${describeListenError(error, loaded.config)} Or: npm run demo -- --port 0\n`);
      return EXIT.unknown;
    }
    const stopped = once(io.signal, 'abort');
    await Promise.race([confirmed.promise, stopped, patience()]);
    if (!io.signal.aborted) {
      showFleet(daemon, io, palette);
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

function showFleet(daemon: Daemon, io: CommandIo, palette: Palette): void {
  const { at, targets, problems } = daemon.snapshot();
  io.stdout.write(
    `\n${palette.strong('What every mailbox answers')}\n\n${renderFleet(targets, at, palette)}\n`,
  );
  const open = problems.filter(({ severity }) => severity !== 'info');
  const lines = open.map((problem) => renderProblem(problem, palette));
  const advisories = problems.length - open.length;
  io.stdout.write(`\n${palette.strong(`${open.length} open problems`)}\n\n${lines.join('\n')}\n`);
  if (advisories > 0) io.stdout.write(palette.faint(`\nand ${advisories} advisories, on the status page\n`));
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
    ['one probe', `npx mailprobe check vertrieb --config ${configFile}`],
  ];
  const lines = rows.map(([name, where]) => `  ${(name ?? '').padEnd(14)} ${where}`);
  io.stdout.write(
    `\n${lines.join('\n')}\n\n${palette.doubtful('Simulated.')} Changes appear below. Press Ctrl-C to stop.\n\n`,
  );
}
