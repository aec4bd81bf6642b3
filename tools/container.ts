/**
 * The image, built from the Dockerfile by a real builder that needs no engine (buildah), then started as its own user,
 * asked for its health, scraped and stopped. `npm run container`, on Debian as root. Elsewhere one sentence says what is
 * missing; the tests then have the steps of the Dockerfile in container-dry-run.ts.
 */
import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configFor } from '../src/sandbox/config-file.ts';
import { createSandbox } from '../src/sandbox/sandbox.ts';
import { makeBuildBase, makeRuntimeBase } from './base-images.ts';
import { createBuildah, type Buildah } from './buildah.ts';
import { addressOf, scrapeAfterProbe } from './container-dry-run.ts';

const ROOT = join(import.meta.dirname, '..');
const CANNOT = 3;
const STOP_LIMIT_MS = 30_000;
const USER = 65_532;

function whatIsMissing(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'root on Linux';
  const missing = ['buildah', 'debootstrap'].filter(
    (name) => spawnSync(name, ['--version']).error !== undefined,
  );
  return missing.length === 0 ? undefined : `${missing.join(' and ')} (apt-get install ${missing.join(' ')})`;
}

async function buildAndTry(folder: string, print: (line: string) => void): Promise<void> {
  const buildah = createBuildah(folder);
  const began = performance.now();
  print('Making the base images ...');
  const runtime = makeRuntimeBase(buildah, folder);
  const base = makeBuildBase(buildah, folder);
  const built = performance.now();
  const image = buildah.build(ROOT, 'mailprobe', { NODE_IMAGE: base, RUNTIME_IMAGE: runtime });
  const seconds = (from: number): string => `${Math.round((performance.now() - from) / 1000)} s`;
  print(`\nbuilt in ${seconds(built)}; with the base images ${seconds(began)}`);
  print(`size above its base ${Math.round((buildah.bytesOf(image) - buildah.bytesOf(runtime)) / 1e6)} MB`);
  await tryImage(buildah, image, folder, print);
}

/** With chroot isolation the image shares the network of this machine, and so reaches the sandbox. */
async function tryImage(
  buildah: Buildah,
  image: string,
  folder: string,
  print: (line: string) => void,
): Promise<void> {
  const settings = buildah.inspect(image);
  if (settings.User !== `${USER}:${USER}`)
    throw new Error(`the image runs as ${settings.User}, expected ${USER}`);
  const configuration = join(folder, 'etc');
  mkdirSync(configuration);
  const sandbox = await createSandbox();
  let daemon: ChildProcess | undefined;
  try {
    await configFor(sandbox, configuration, { listen: '127.0.0.1:0' });
    for (const name of ['.', ...readdirSync(configuration)]) chownSync(join(configuration, name), USER, USER);
    const volume = `${configuration}:/etc/mailprobe:ro`;
    daemon = buildah.container(image, volume, {})([...settings.Entrypoint, ...settings.Cmd]);
    const url = await addressOf(daemon);
    const inside = processIn(daemon);
    print(`runs as ${inside.uid}`);
    print(`/livez ${(await fetch(`${url}/livez`)).status}`);
    print(`/metrics has ${(await scrapeAfterProbe(url)).split('\n').length} lines`);
    const [, ...healthcheck] = settings.Healthcheck.Test;
    const asks = buildah.container(image, volume, { MAILPROBE_LIVEZ: `${url}/livez` })(healthcheck);
    await once(asks, 'exit', { signal: AbortSignal.timeout(STOP_LIMIT_MS) });
    if (asks.exitCode !== 0) throw new Error(`HEALTHCHECK ended with exit code ${asks.exitCode}, expected 0`);
    print('HEALTHCHECK healthy');
    // buildah does not pass signals on.
    process.kill(inside.pid, 'SIGTERM');
    if (daemon.exitCode === null) await once(daemon, 'exit', { signal: AbortSignal.timeout(STOP_LIMIT_MS) });
  } finally {
    if (daemon?.exitCode === null) process.kill(processIn(daemon).pid, 'SIGKILL');
    await sandbox.close();
  }
  print(`stopped with exit code ${daemon.exitCode}`);
}

/** The image's own process: the last of those that buildah started, one below the other. */
function processIn({ pid = 0 }: ChildProcess): { readonly pid: number; readonly uid: number } {
  const listed = spawnSync('ps', ['-eo', 'pid=,ppid=,uid='], { encoding: 'utf8' }).stdout;
  const rows = listed.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  let last = { pid, uid: 0 };
  for (let row = rows.find(([, parent]) => parent === pid); row !== undefined; ) {
    const [child = 0, , uid = 0] = row;
    last = { pid: child, uid };
    row = rows.find(([, parent]) => parent === child);
  }
  return last;
}

if (import.meta.main) {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const missing = whatIsMissing();
  if (missing === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'mailprobe-container-'));
    try {
      await buildAndTry(folder, print);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  } else {
    print(`Building the image here needs ${missing}. With Docker or Podman: docker build --tag mailprobe .`);
    process.exitCode = CANNOT;
  }
}
