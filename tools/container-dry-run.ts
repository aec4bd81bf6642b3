/**
 * What can be known of the image without an engine: executes the Dockerfile's steps in a clean folder, starts the result
 * as the image would be started, against a sandbox, asks for its health, scrapes it, stops it, and prints its size.
 * A test runs it, and so does `node tools/container-dry-run.ts`. The real build is container.ts.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { configFor } from '../src/sandbox/config-file.ts';
import { createSandbox } from '../src/sandbox/sandbox.ts';
import { executeDockerfile, inside, type Stage } from './dockerfile-steps.ts';

export interface DryRun {
  readonly image: Stage;
  /** Bytes of the files in the image, without those of the base. */
  readonly bytes: number;
  readonly residentBytes: number;
  /** Files of the image that are compiled for one platform. */
  readonly compiled: readonly string[];
  readonly livez: number;
  readonly metrics: string;
  /** Exit codes of the HEALTHCHECK while the daemon ran, and after. */
  readonly healthchecks: readonly [running: number | null, stopped: number | null];
  /** Of the daemon, after STOPSIGNAL. */
  readonly exitCode: number | null;
  readonly bom: string;
  /** `name@version` of every package in the image. */
  readonly packages: ReadonlySet<string>;
  /** Whether it ran as the image's own user, which owns none of its files. */
  readonly asOwnUser: boolean;
}

/** How the base image calls its Node.js. */
const NODE = '/nodejs/bin/node';
/** Of a start, a probe, a stop: each takes seconds of CPU time, which a busy machine stretches. */
const LIMIT_MS = 120_000;

export async function containerDryRun(context: string, log: (line: string) => void): Promise<DryRun> {
  const folder = mkdtempSync(join(tmpdir(), 'mailprobe-image-'));
  chmodSync(folder, 0o755);
  try {
    const text = readFileSync(join(context, 'Dockerfile'), 'utf8');
    const { image } = executeDockerfile(text, { context, folder, log });
    const files = filesOf(inside(image, '.'));
    return {
      image,
      bytes: files.reduce((sum, file) => sum + statSync(file).size, 0),
      compiled: files.filter((file) => /\.(node|so|dylib|dll)$/.test(file)),
      bom: readFileSync(inside(image, 'sbom.cdx.json'), 'utf8'),
      packages: packagesOf(inside(image, 'node_modules')),
      ...(await startAndScrape(image)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Running = Omit<DryRun, 'image' | 'bytes' | 'compiled' | 'bom' | 'packages'>;

async function startAndScrape(image: Stage): Promise<Running> {
  const sandbox = await createSandbox();
  let child: ChildProcess | undefined;
  try {
    const folder = join(image.root, 'etc/mailprobe');
    mkdirSync(folder, { recursive: true });
    await configFor(sandbox, folder, { listen: '127.0.0.1:0' });
    const identity = ownUser(image, folder);
    // Of the image's folders the one that it may write to.
    const state = inside(image, image.env['STATE_DIRECTORY'] ?? 'state');
    if (identity.uid !== undefined) chownSync(state, identity.uid, identity.gid ?? identity.uid);
    child = spawn(process.execPath, argumentsOf(image, [...image.entrypoint, ...image.command]), {
      cwd: inside(image, '.'),
      env: { ...image.env, STATE_DIRECTORY: state },
      stdio: ['ignore', 'pipe', 'inherit'],
      ...identity,
    });
    const url = await addressOf(child);
    const asks = (): number | null =>
      spawnSync(process.execPath, argumentsOf(image, image.healthcheck), {
        env: { ...image.env, MAILPROBE_LIVEZ: `${url}/livez` },
        stdio: 'ignore',
        timeout: LIMIT_MS,
        ...identity,
      }).status;
    const { status: livez } = await fetch(`${url}/livez`);
    const metrics = await scrapeAfterProbe(url);
    const residentBytes = residentBytesOf(child);
    const running = asks();
    child.kill('SIGTERM');
    await once(child, 'exit', { signal: AbortSignal.timeout(LIMIT_MS) });
    const healthchecks = [running, asks()] as const;
    const asOwnUser = identity.uid !== undefined;
    return { livez, metrics, residentBytes, healthchecks, exitCode: child.exitCode, asOwnUser };
  } finally {
    child?.kill('SIGKILL');
    await sandbox.close();
  }
}

/** The arguments of the image's command line, adapted to this machine. The first is Node.js. */
function argumentsOf(image: Stage, [node, ...rest]: readonly string[]): readonly string[] {
  if (node !== NODE) throw new Error(`the image is started with ${node}, expected ${NODE}`);
  return rest.map((word) => (word.startsWith('/') ? inside(image, word) : word));
}

/** Switches to the image's user if permitted: it can read the configuration, and write nowhere. */
function ownUser(image: Stage, folder: string): { readonly uid?: number; readonly gid?: number } {
  const [uid, gid] = image.user.split(':').map(Number);
  if (uid === undefined || gid === undefined || process.getuid?.() !== 0) return {};
  for (const file of [folder, ...filesOf(folder, true)]) chownSync(file, uid, gid);
  return { uid, gid };
}

/** From the daemon's own log: the port is any free one. */
export async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the daemon has no output');
  const lines = createInterface({ input: child.stdout });
  const late = AbortSignal.timeout(LIMIT_MS);
  late.addEventListener('abort', () => child.kill('SIGKILL'));
  for await (const line of lines) {
    const entry: { readonly event?: string; readonly url?: string } = JSON.parse(line);
    if (entry.event !== 'started' || entry.url === undefined) continue;
    child.stdout.resume();
    return entry.url;
  }
  throw new Error(`the daemon ended (exit code ${child.exitCode}) before it listened`);
}

/** Returns the metrics once they show a successful probe. */
export async function scrapeAfterProbe(url: string): Promise<string> {
  let metrics = '';
  for (let waitedMs = 0; waitedMs < LIMIT_MS; waitedMs += 200) {
    metrics = await (await fetch(`${url}/metrics`)).text();
    if (/^mailprobe_probe_success\{.*\} 1$/m.test(metrics)) return metrics;
    await delay(200);
  }
  throw new Error(`no probe succeeded within ${LIMIT_MS} ms; the last metrics:\n${metrics}`);
}

/** 0 if the system does not provide it. */
function residentBytesOf({ pid }: ChildProcess): number {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** From the packages themselves: a folder of node_modules that is not nested in a package's own files. */
function packagesOf(folder: string): ReadonlySet<string> {
  const isPackage = /(?:^|node_modules\/)(?:@[^/]+\/)?[^/@][^/]*\/package\.json$/;
  const files = filesOf(folder).filter((file) => isPackage.test(file.slice(folder.length + 1)));
  return new Set(
    files.map((file) => {
      const { name, version }: { name: string; version: string } = JSON.parse(readFileSync(file, 'utf8'));
      return `${name}@${version}`;
    }),
  );
}

function filesOf(folder: string, andFolders = false): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || (andFolders && entry.isDirectory()))
    .map((entry) => join(entry.parentPath, entry.name));
}

if (import.meta.main) {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const result = await containerDryRun(join(import.meta.dirname, '..'), print);
  print('');
  print(`size beside the base image   ${megabytes(result.bytes)}`);
  print(`memory after the first probes ${megabytes(result.residentBytes)}`);
  print(
    `/livez ${result.livez}, HEALTHCHECK exit codes ${result.healthchecks.join(' then ')}, exit code ${result.exitCode}`,
  );
}
