/** The npm package: packed, installed into an empty prefix, and started; and what an old Node.js is told. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/version.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Of one step, and of all of them. */
const STEP_LIMIT_MS = 240_000;
const INSTALL_LIMIT_MS = 900_000;

/** Says that it is another version. */
const PRETEND =
  "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailprobe-package-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(command: string, args: readonly string[], cwd: string) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: STEP_LIMIT_MS,
  });
  return { status, stdout, stderr };
}

test('npm pack, npm install --global into an empty prefix, mailprobe --help', {
  timeout: INSTALL_LIMIT_MS,
}, () => {
  // A copy, so that the checkout gets no dist/.
  const source = join(folder, 'source');
  mkdirSync(source);
  for (const name of [
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'bin',
    'src',
    'docs',
    'examples',
  ]) {
    cpSync(join(ROOT, name), join(source, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'));
  expect(run('npm', ['run', '-s', 'build'], source).status).toBe(0);
  expect(run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], source).status).toBe(0);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  const prefix = join(folder, 'prefix');
  const options = [
    '--global',
    '--prefix',
    prefix,
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--prefer-offline',
  ];
  expect(run('npm', ['install', ...options, join(folder, tarball)], folder)).toMatchObject({ status: 0 });
  const installed = join(prefix, 'bin/mailprobe');
  expect(run(installed, ['--version'], folder).stdout).toContain(`mailprobe ${version} `);
  expect(run(installed, ['check', '--help'], folder)).toMatchObject({ status: 0, stderr: '' });
  const explained = run(installed, ['explain', '--format', 'json', 'error.txt'], folder);
  expect(explained.stderr).toContain('Cannot read error.txt');
  if (process.platform !== 'linux') return;
  // It has brought its own Node.js for those whose is too old.
  writeFileSync(join(folder, 'old.cjs'), PRETEND);
  const old = ['--require', join(folder, 'old.cjs'), realpathSync(installed), '--version'];
  expect(run(process.execPath, old, folder)).toMatchObject({ status: 0, stderr: '' });
});

describe('on a Node.js that is too old', () => {
  test('a checkout runs in the one that npm ci has brought', () => {
    writeFileSync(join(folder, 'old.cjs'), PRETEND);
    const launcher = join(ROOT, 'bin/mailprobe.cjs');
    const { status, stdout } = run(
      process.execPath,
      ['--require', join(folder, 'old.cjs'), launcher, '--version'],
      ROOT,
    );
    expect([status, stdout]).toEqual([0, expect.stringContaining(`mailprobe ${version} `)]);
  });

  test('a package says so in one sentence', () => {
    const alone = join(folder, 'alone');
    cpSync(join(ROOT, 'bin'), join(alone, 'bin'), { recursive: true });
    writeFileSync(join(folder, 'old.cjs'), PRETEND);
    const launcher = join(alone, 'bin/mailprobe.cjs');
    const ran = run(process.execPath, ['--require', join(folder, 'old.cjs'), launcher], folder);
    expect(ran).toEqual({
      status: 3,
      stdout: '',
      stderr:
        'mailprobe needs Node.js 24.15 or newer, and this is 20.20.2. ' +
        'Install it from https://nodejs.org; on Linux, "npm ci" in a checkout brings its own.\n',
    });
  });
});
