import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

interface Started {
  readonly options: readonly string[];
  readonly malloc: Readonly<Record<string, string>>;
}

/** With what the daemon ends, whose configuration is refused. */
async function daemonStartedWith(options: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'mailprobe-young-'));
  const config = join(folder, 'mailprobe.yaml');
  writeFileSync(config, 'nonsense: true\n');
  const program = `import { writeSync } from 'node:fs';
    const malloc = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('MALLOC_')));
    process.on('exit', () => writeSync(1, JSON.stringify({ options: process.execArgv, malloc })));`;
  const preload = join(folder, 'preload.mjs');
  writeFileSync(preload, program);
  const child = spawn(
    process.execPath,
    [...options, '--import', preload, MAIN, 'serve', '--config', config],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...env },
    },
  );
  let line = '';
  child.stdout.on('data', (chunk: Buffer) => (line += chunk.toString()));
  await once(child, 'close');
  rmSync(folder, { recursive: true });
  return JSON.parse(line);
}

const canReplace = process.platform !== 'win32';

const MALLOC = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '4194304',
};

test.runIf(canReplace)(
  'the daemon has a young generation of eight megabytes, and one arena of malloc',
  async () => {
    const { options, malloc } = await daemonStartedWith([]);
    expect(options).toEqual(expect.arrayContaining(['--min-semi-space-size=8', '--max-semi-space-size=8']));
    expect(malloc).toEqual(MALLOC);
  },
);

test('a size that the operator gives is left as it is', async () => {
  const given = '--max-semi-space-size=2';
  const { options } = await daemonStartedWith([given]);
  expect(options).toEqual([given, '--import', expect.any(String)]);
});

test.runIf(canReplace)('so are settings of malloc', async () => {
  const { malloc } = await daemonStartedWith([], { MALLOC_ARENA_MAX: '2' });
  expect(malloc).toEqual({ ...MALLOC, MALLOC_ARENA_MAX: '2' });
});
