/**
 * Runs a sandbox with one healthy mailbox, and a daemon process that watches it. Used by the attacks that need nothing
 * else.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { addApplication, addMailbox, createTenant } from '../../src/sandbox/tenant-builder.ts';
import { freePorts } from '../../test/support/free-ports.ts';
import { createDaemonProcess, type DaemonProcess } from './daemon-process.ts';

export interface SmallWorld {
  readonly sandbox: Sandbox;
  readonly directory: string;
  readonly port: number;
  readonly url: string;
  readonly daemon: DaemonProcess;
}

export interface SmallWorldOptions {
  /** Added to the configuration. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The text of further files next to the configuration, by name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly scheme?: 'http' | 'https';
  /** If true, SIGUSR2 writes a heap snapshot into `directory`. */
  readonly snapshots?: boolean;
}

export async function inSmallWorld<T>(
  { settings, files = {}, scheme = 'http', snapshots = false }: SmallWorldOptions,
  attack: (world: SmallWorld) => Promise<T>,
): Promise<T> {
  const tenant = createTenant();
  const { application } = addApplication(tenant, { displayName: 'Chaos', graph: true });
  addMailbox(tenant, 'healthy@contoso.example', [application.appId]);
  const sandbox = await createSandbox({ tenant });
  const directory = await mkdtemp(join(tmpdir(), 'mailprobe-chaos-'));
  const [port = 0] = await freePorts(1);
  const url = `${scheme}://127.0.0.1:${port}`;
  const configFile = await configFor(sandbox, directory, { listen: `127.0.0.1:${port}`, interval: '4s' });
  const config: Record<string, unknown> = parse(await readFile(configFile, 'utf8'));
  await writeFile(configFile, stringify({ ...config, ...settings }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  const nodeOptions = snapshots ? ['--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${directory}`] : [];
  const daemon = createDaemonProcess(configFile, url, { nodeOptions });
  try {
    await daemon.start();
    return await attack({ sandbox, directory, port, url, daemon });
  } finally {
    await daemon.kill();
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  }
}
