/** The systemd unit of examples/, verified by systemd itself, with its exposure level. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WAIT_MS } from '../support/limits.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples/systemd');
const UNIT = await readFile(join(EXAMPLES, 'mailprobe.service'), 'utf8');
/** What one of several replicas has beside it. */
const REPLICA = await readFile(join(EXAMPLES, 'mailprobe-replica.conf'), 'utf8');

/** Name to values, in order; continued and commented lines do not occur. */
function settings(name: string): readonly string[] {
  return UNIT.split('\n').flatMap((line) =>
    line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : [],
  );
}

describe('the systemd unit', () => {
  test('starts what the build makes', () => {
    expect(settings('ExecStart')).toEqual([
      '/usr/bin/node /opt/mailprobe/dist/main.js serve --config /etc/mailprobe/mailprobe.yaml',
    ]);
    expect(settings('ExecReload')).toEqual(['/bin/kill -HUP $MAINPID']);
  });

  test('allows Node.js to compile', () => {
    expect(settings('MemoryDenyWriteExecute')).toEqual([]);
  });

  test('leaves more time to end than a replica takes to give its apps away', () => {
    expect(settings('TimeoutStopSec')).toEqual(['15s']);
  });

  test('hands secrets over by file, not by environment', () => {
    expect(settings('LoadCredential')).toEqual(['plm:/etc/mailprobe/secrets/plm']);
    expect(settings('Environment')).toEqual(['NODE_ENV=production']);
  });
});

// Part of Debian's package systemd, which the real servers of the other tests bring with them.
describe.runIf(process.env.CI !== undefined || existsSync('/usr/bin/systemd-analyze'))('systemd', () => {
  let folder = '';
  let file = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailprobe-unit-'));
    file = join(folder, 'mailprobe.service');
    // systemd checks that the program exists.
    await writeFile(file, UNIT.replace('/usr/bin/node', process.execPath));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  const analyze = (...args: readonly string[]): ReturnType<typeof spawnSync> =>
    spawnSync('systemd-analyze', [...args, file], { encoding: 'utf8', timeout: WAIT_MS });

  test('understands every line of it', () => {
    const { status, stderr } = analyze('verify', '--man=no');
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('understands what one of several replicas has beside it', async () => {
    const beside = join(folder, 'mailprobe.service.d');
    await mkdir(beside);
    await writeFile(join(beside, 'replica.conf'), REPLICA);
    const { status, stderr } = analyze('verify', '--man=no');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    await writeFile(join(beside, 'replica.conf'), REPLICA.replace('LoadCredential', 'LoadCredentials'));
    expect(analyze('verify', '--man=no').stderr).toMatch(/Unknown key.*'LoadCredentials'/);
    await rm(beside, { recursive: true });
  });

  test('would object to a setting that there is not', async () => {
    const good = await readFile(file, 'utf8');
    await writeFile(file, good.replace('ProtectHome=yes', 'ProtectHouse=yes'));
    expect(analyze('verify', '--man=no').stderr).toMatch(/Unknown key.*'ProtectHouse'/);
    await writeFile(file, good);
  });

  test('finds it little exposed: at most 1.5 of 10', () => {
    const { status, stdout } = analyze('security', '--offline=true', '--threshold=15');
    expect(stdout).toMatch(/Overall exposure level for mailprobe\.service: [01]\.\d OK/);
    expect(status).toBe(0);
  });
});
