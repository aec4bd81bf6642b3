import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** The options of Node.js with which the daemon ends. Its configuration is refused. */
async function optionsOfDaemon(options: readonly string[]): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'mailprobe-young-'));
  const config = join(folder, 'mailprobe.yaml');
  writeFileSync(config, 'nonsense: true\n');
  const program = `import { writeSync } from 'node:fs';
    process.on('exit', () => writeSync(1, JSON.stringify(process.execArgv)));`;
  const preload = join(folder, 'preload.mjs');
  writeFileSync(preload, program);
  const child = spawn(
    process.execPath,
    [...options, '--import', preload, MAIN, 'serve', '--config', config],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  let line = '';
  child.stdout.on('data', (chunk: Buffer) => (line += chunk.toString()));
  await once(child, 'close');
  rmSync(folder, { recursive: true });
  return JSON.parse(line);
}

const canReplace = process.platform !== 'win32';

test.runIf(canReplace)('the daemon has a young generation of eight megabytes', async () => {
  expect(await optionsOfDaemon([])).toEqual(
    expect.arrayContaining(['--min-semi-space-size=8', '--max-semi-space-size=8']),
  );
});

test('a size that the operator gives is left as it is', async () => {
  const given = '--max-semi-space-size=2';
  expect(await optionsOfDaemon([given])).toEqual([given, '--import', expect.any(String)]);
});
