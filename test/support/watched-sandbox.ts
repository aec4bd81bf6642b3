/** A sandbox and the daemon that watches it, joined by an ordinary configuration file in a folder of their own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatErrors } from '../../src/config/config-error.ts';
import { createConfigReader } from '../../src/config-loader.ts';
import { createDaemon, type Daemon, type DaemonEdges } from '../../src/daemon.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { createLogger } from '../../src/report/log.ts';
import { configFor, type ConfigFileOptions } from '../../src/sandbox/config-file.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { files } from './files.ts';
import { createPatientLoader } from './patient.ts';

export interface WatchingDaemon {
  readonly daemon: Daemon;
  readonly directory: string;
  readonly configFile: string;
  /** Every log line so far. */
  readonly log: readonly string[];
  readonly close: () => Promise<void>;
}

export interface WatchedSandbox extends WatchingDaemon {
  readonly sandbox: Sandbox;
}

/** `configOptions`: may be made of the sandbox, whose ids are new each time. */
export async function watchSandbox(
  sandboxOptions: SandboxOptions = {},
  configOptions: ConfigFileOptions | ((sandbox: Sandbox) => ConfigFileOptions) = {},
  onChange?: DaemonEdges['onChange'],
): Promise<WatchedSandbox> {
  const sandbox = await createSandbox({ failureDelayMs: 5, ...sandboxOptions });
  const options = typeof configOptions === 'function' ? configOptions(sandbox) : configOptions;
  const watching = await watchDaemon(sandbox, options, onChange);
  return {
    ...watching,
    sandbox,
    close: async () => {
      await watching.close();
      await sandbox.close();
    },
  };
}

/**
 * One more daemon that watches a sandbox; closing it leaves the sandbox alone. Its probes have the deadline of
 * `timeout`, and without one as much time as a loaded machine needs.
 */
export async function watchDaemon(
  sandbox: Sandbox,
  configOptions: ConfigFileOptions = {},
  onChange?: DaemonEdges['onChange'],
): Promise<WatchingDaemon> {
  const directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
  const configFile = await configFor(sandbox, directory, {
    listen: '127.0.0.1:0',
    interval: '4s',
    timeout: '900ms',
    ...configOptions,
  });
  const edges = { configFile, env: {}, files };
  const loader = configOptions.timeout === undefined ? createPatientLoader(edges) : createConfigReader(edges);
  const loaded = await loader.load();
  if (!loaded.ok) throw new Error(formatErrors(loaded.errors));
  const log: string[] = [];
  const redactor = createRedactor();
  const logger = createLogger({
    level: 'debug',
    redactor,
    destination: { write: (line) => log.push(line) },
  });
  const daemon = await createDaemon(loaded.config, {
    ...edges,
    loader,
    logger,
    redactor,
    ...(onChange === undefined ? {} : { onChange }),
  });
  return {
    daemon,
    directory,
    configFile,
    log,
    close: async () => {
      await daemon.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
