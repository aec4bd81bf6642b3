/** `report` and `backup`, beside a daemon that has the store open. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backup } from '../../src/commands/backup.ts';
import { type Command, UsageError } from '../../src/commands/command.ts';
import { report } from '../../src/commands/report.ts';
import { createSqliteStore } from '../../src/store/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { NO_CHANGES } from '../../src/model/memory.ts';
import { configText } from '../config/workspace.ts';
import { aChange, aTargetMemory, anIncident, HOUR } from '../store/builders.ts';
import { NOON } from '../support/builders.ts';
import { files } from '../support/files.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';

let folder: string;
let daemon: Store;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailprobe-report-'));
  await writeFile(join(folder, 'mailprobe.yaml'), configText());
  await writeFile(join(folder, 'none.yaml'), configText('store: none'));
  await writeFile(join(folder, 'absent.yaml'), configText('store: absent.db'));
  daemon = createSqliteStore({ file: join(folder, 'mailprobe.db') });
  await daemon.save({
    ...NO_CHANGES,
    targets: [aTargetMemory({ labels: { team: '=quality' } })],
    stateChanges: [aChange('up', NOON), aChange('down', NOON + 2 * HOUR), aChange('up', NOON + 3 * HOUR)],
    incidents: [
      anIncident('019ac000-0000-7000-8000-000000000001', {
        opened: NOON + 2 * HOUR,
        confirmed: NOON + 2 * HOUR,
        closed: NOON + 3 * HOUR,
        state: 'closed',
        closeReason: 'recovered',
        affectedMailboxes: [{ id: 'qms', since: NOON + 2 * HOUR, until: NOON + 3 * HOUR }],
      }),
    ],
    session: { id: 's', from: NOON, until: NOON + 8 * HOUR },
  });
});
afterAll(async () => {
  await daemon.close();
  await rm(folder, { recursive: true, force: true });
});

async function run(command: Command, ...args: readonly string[]) {
  const out: string[] = [];
  const errors: string[] = [];
  const code = await command(args, {
    stdin: Readable.from([]),
    stdout: { write: (text: string) => out.push(text) },
    stderr: { write: (text: string) => errors.push(text) },
    env: { PLM_SECRET: 'present' },
    files,
    signal: new AbortController().signal,
  });
  return { code, out: out.join(''), errors: errors.join('').replaceAll(folder, 'FOLDER') };
}

const config = (name = 'mailprobe.yaml') => ['--config', join(folder, name)];
const WINDOW = [
  '--from',
  new Date(NOON).toISOString(),
  '--until',
  new Date(NOON + 10 * HOUR).toISOString(),
] as const;

describe('report', () => {
  test.each([
    ['text', []],
    ['csv', ['--by', 'label.team']],
    ['json', ['--by', 'app']],
  ])('as %s', async (format, more) => {
    const { code, out, errors } = await run(report, ...config(), ...WINDOW, '--format', format, ...more);
    expect([code, errors]).toEqual([0, '']);
    await expect(out).toMatchFileSnapshot(join(import.meta.dirname, `../golden/commands/report.${format}`));
  });

  test.each([
    ['--from', 'yesterday'],
    ['--format', 'xml'],
    ['--by', 'tenant'],
    ['--from', '2026-11-02', '--until', '2026-11-01'],
  ])('%s %s is a wrong command line', async (...args) => {
    await expect(run(report, ...config(), ...args)).rejects.toThrow(UsageError);
  });

  test.each([
    ['none.yaml', '"store" in FOLDER/none.yaml is none: nothing is kept.\n'],
    ['absent.yaml', 'the store FOLDER/absent.db does not exist.\n'],
  ])('of %s there is none', async (name, errors) => {
    expect(await run(report, ...config(name))).toEqual({ code: 3, out: '', errors });
  });
});

describe('backup', () => {
  test('is a whole copy for its owner only, and replaces nothing', async () => {
    const copy = join(folder, 'copy.db');
    expect((await run(backup, copy, ...config())).code).toBe(0);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const read = createSqliteStore({ file: copy, readOnly: true });
    expect((await read.incidents({ limit: 10 })).items).toHaveLength(1);
    await read.close();
    const again = await run(backup, copy, ...config());
    expect([again.code, again.errors]).toEqual([
      3,
      'the backup cannot be written to FOLDER/copy.db: it exists already.\n',
    ]);
  });

  test('without a file, or with two, is a wrong command line', async () => {
    await expect(run(backup, ...config())).rejects.toThrow(UsageError);
    await expect(run(backup, 'a', 'b', ...config())).rejects.toThrow(UsageError);
    expect(existsSync('a')).toBe(false);
  });
});
