import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_CHANGES, type Changes } from '../../src/model/memory.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { createJournal } from '../../src/store/journal.ts';
import { createSqliteStore, type SqliteStoreOptions } from '../../src/store/sqlite-store.ts';
import { isNetworkFileSystem, type StoreEvent } from '../../src/store/sqlite/file.ts';
import { checkSchema, migrate } from '../../src/store/sqlite/migrate.ts';
import { MIGRATIONS } from '../../src/store/sqlite/schema.ts';
import type { Clock, Store } from '../../src/store/store.ts';
import { aDiagnosis, aProbe, NOON } from '../support/builders.ts';
import { putFifo } from '../support/fifo.ts';
import { aChange, aMessage, anIncident, aTargetMemory, aWindow } from './builders.ts';
import { WAIT_MS } from '../support/limits.ts';

let folder: string;
let file: string;
let stores: Store[];
let children: ChildProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailprobe-store-'));
  file = join(folder, 'data', 'mailprobe.db');
  stores = [];
  children = [];
});

afterEach(async () => {
  for (const store of stores) await store.close();
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

function aStore(options: Partial<SqliteStoreOptions> = {}): Store {
  const store = createSqliteStore({ file, ...options });
  stores.push(store);
  return store;
}

async function save(store: Store, changes: Partial<Changes>): Promise<void> {
  await store.save({ ...NO_CHANGES, ...changes });
}

function start(role: 'write' | 'lock', path: string): ChildProcess {
  const script = join(import.meta.dirname, 'child.ts');
  const child = spawn(process.execPath, [script, role, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [chunk] = await once(child.stdout ?? child, 'data');
  return String(chunk);
}

describe('a named pipe, which nobody writes to, is refused and not waited for', () => {
  test.each([
    ['in place of the database', 'mailprobe.db', false],
    ['in place of the lock', 'mailprobe.db.lock', false],
    ['in place of the database that is only read', 'mailprobe.db', true],
  ])('%s', async (_name, place, readOnly) => {
    mkdirSync(join(folder, 'data'));
    putFifo(join(folder, 'data', place));
    await expect(aStore({ readOnly }).open()).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining(`${place} is not a regular file`),
    });
  });
});

test('folder and files are for their owner only, also where the file was there with another mode', async () => {
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  writeFileSync(file, '', { mode: 0o644 });
  await save(aStore(), { targets: [aTargetMemory()] });
  const modes = readdirSync(join(folder, 'data')).map((name) => [
    name,
    statSync(join(folder, 'data', name)).mode & 0o777,
  ]);
  expect(Object.fromEntries(modes)).toEqual({
    'mailprobe.db': 0o600,
    'mailprobe.db-shm': 0o600,
    'mailprobe.db-wal': 0o600,
    'mailprobe.db.lock': 0o600,
  });
  const made = createSqliteStore({ file: join(folder, 'new', 'mailprobe.db') });
  stores.push(made);
  await made.open();
  expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700);
});

describe('one daemon', () => {
  test('a second one on the same file is refused with a sentence, readers are not', async () => {
    await save(aStore(), { targets: [aTargetMemory()] });
    await expect(aStore().open()).rejects.toMatchObject({
      code: 'in-use',
      message: `the store ${file} is in use by another mailprobe: stop that one, or give this one a \`store\` of its own`,
    });
    const reader = aStore({ readOnly: true });
    expect((await reader.load(0)).targets).toHaveLength(1);
    await reader.backup(join(folder, 'copy.db'));
    expect(existsSync(join(folder, 'copy.db'))).toBe(true);
  });

  test('the file is free at once when the other is closed', async () => {
    const first = aStore();
    await first.open();
    await first.close();
    await expect(aStore().open()).resolves.toBeUndefined();
  });

  test('a reader cannot write, and makes no file', async () => {
    const reader = aStore({ readOnly: true });
    await expect(reader.load(0)).rejects.toMatchObject({ code: 'missing' });
    expect(existsSync(join(folder, 'data'))).toBe(false);
    await aStore().open();
    await expect(save(reader, { targets: [aTargetMemory()] })).rejects.toMatchObject({ code: 'read-only' });
  });
});

test('kill -9 in the middle of writing, again and again: whole writes only, none that was told is lost', async () => {
  for (let round = 0; round < 4; round += 1) {
    const child = start('write', file);
    let told = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      told += chunk.toString();
    });
    while (told.split('\n').length < 12 + 7 * round) await once(child.stdout ?? child, 'data');
    child.kill('SIGKILL');
    await once(child, 'close');
    const lastTold = Number(told.trim().split('\n').at(-1));

    // The lock went with the process.
    const store = createSqliteStore({ file });
    const { targets, incidents } = await store.load(0);
    const written = new Set(targets.map(({ probesTotal }) => probesTotal));
    const messages = await store.takeDue({ now: NOON, limit: 10_000, leaseMs: 1 });
    await store.close();
    expect(written.size).toBe(1);
    expect([...written][0]).toBeGreaterThanOrEqual(lastTold);
    expect(messages.map(({ id }) => id).sort()).toEqual(incidents.map(({ id }) => `m-${id}`).sort());
    const database = new DatabaseSync(file);
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    database.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  }
});

describe('the file is away', () => {
  test('locked by another process: the write fails, and works when the lock is gone', async () => {
    const store = aStore();
    await save(store, { targets: [aTargetMemory()] });
    const holder = start('lock', file);
    await firstLine(holder);
    await expect(save(store, { targets: [aTargetMemory({ probesTotal: 8 })] })).rejects.toMatchObject({
      code: 'locked',
      message: `the store ${file} is locked by another process: end the backup or the tool that has it open`,
    });
    expect((await store.load(0)).targets[0]?.probesTotal).toBe(7);
    holder.stdin?.end();
    await once(holder, 'close');
    await save(store, { targets: [aTargetMemory({ probesTotal: 8 })] });
    expect((await store.load(0)).targets[0]?.probesTotal).toBe(8);
  });

  test('the deadline of a request does not wait for the disk, and nothing queues up behind', async () => {
    await aStore().open();
    await stores.pop()?.close();
    const holder = start('lock', file);
    await firstLine(holder);
    let expire: () => void = () => undefined;
    const clock: Clock = {
      now: () => NOON,
      after(_, run) {
        expire = run;
        return () => undefined;
      },
    };
    const store = aStore({ clock });
    const write = save(store, { targets: [aTargetMemory()] });
    expire();
    await expect(write).rejects.toMatchObject({ code: 'slow' });
    await expect(store.load(0)).rejects.toMatchObject({ code: 'slow' });
    holder.stdin?.end();
    await once(holder, 'close');
  });

  test.each([
    ['a damaged header', (path: string) => writeFileSync(path, 'garbage'.repeat(1_000))],
    [
      'damaged pages',
      (path: string) => {
        const content = readFileSync(path);
        content.fill(0x5a, 4_096 - 200);
        writeFileSync(path, content);
      },
    ],
  ])('%s: the file is moved aside whole, and a new one begun', async (_, damage) => {
    const first = aStore();
    await save(first, { targets: [aTargetMemory()], incidents: [anIncident('i1')] });
    await first.close();
    damage(file);
    const before = readFileSync(file);
    const events: StoreEvent[] = [];
    const store = aStore({ onEvent: (event) => void events.push(event) });
    // Found at the opening, or at the first page that is read.
    await store.load(0).catch(() => undefined);
    await save(store, { targets: [aTargetMemory({ probesTotal: 1 })] });
    expect((await store.load(0)).targets.map(({ probesTotal }) => probesTotal)).toEqual([1]);
    const [event] = events;
    expect(event).toMatchObject({ kind: 'moved-aside', file });
    const hints = readdirSync(join(folder, 'data')).filter((name) =>
      /^mailprobe\.db\.corrupt-\d{4}-\d\d-\d\dT[\d-]+Z$/.test(name),
    );
    expect(hints).toHaveLength(1);
    expect(readFileSync(join(folder, 'data', hints[0] ?? '')).equals(before)).toBe(true);
  });

  test('damage in the middle of running: the write fails as corrupt, the next goes to a new file', async () => {
    const events: StoreEvent[] = [];
    const store = aStore({ onEvent: (event) => void events.push(event) });
    await save(store, { targets: [aTargetMemory()] });
    const other = new DatabaseSync(file);
    other.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    other.close();
    const content = readFileSync(file);
    content.fill(0x5a, 100);
    writeFileSync(file, content);
    await expect(save(store, { targets: [aTargetMemory({ probesTotal: 2 })] })).rejects.toMatchObject({
      code: 'corrupt',
    });
    expect(events).toMatchObject([{ kind: 'moved-aside' }]);
    await save(store, { targets: [aTargetMemory({ probesTotal: 3 })] });
    expect((await store.load(0)).targets.map(({ probesTotal }) => probesTotal)).toEqual([3]);
  });

  test("another program's database is refused and not touched", async () => {
    mkdirSync(join(folder, 'data'));
    const other = new DatabaseSync(file);
    other.exec('CREATE TABLE theirs (x)');
    other.close();
    const before = readFileSync(file);
    await expect(aStore().open()).rejects.toMatchObject({ code: 'not-ours' });
    expect(readFileSync(file).subarray(100).equals(before.subarray(100))).toBe(true);
  });
});

describe('where only root can make the situation', () => {
  const isRoot = process.getuid?.() === 0;
  const mounted: string[] = [];
  const mount = (options: string): string => {
    const place = join(folder, `disk-${mounted.length}`);
    mkdirSync(place);
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place], {
      timeout: WAIT_MS,
    });
    if (status !== 0) throw new Error(`mount: ${String(stderr)}`);
    mounted.push(place);
    return place;
  };
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    for (const place of mounted.splice(0)) spawnSync('umount', [place], { timeout: WAIT_MS });
  });

  test.runIf(isRoot)('a full disk of 1 MB: probes go on, all is written when there is room', async () => {
    const disk = mount('size=1m');
    const store = aStore({ file: join(disk, 'mailprobe.db') });
    // No timer of its own: each attempt is one of ours.
    const clock: Clock = { now: () => NOON, after: () => () => undefined };
    const journal = createJournal({ store, clock });
    const history = [aProbe({ failed: { auth: { text: 'x'.repeat(400) } }, diagnoses: [aDiagnosis()] })];
    const targets = Array.from({ length: 900 }, (_, at) => aTargetMemory({ mailbox: `m${at}`, history }));
    journal.note({ targets });
    await journal.flush();
    const { up, failure, pending } = journal.state();
    expect({ up, code: failure?.code }).toEqual({ up: false, code: 'disk-full' });
    expect(pending).toBeGreaterThan(0);
    // What is written can still be read.
    expect((await store.load(0)).targets.length + pending).toBe(900);
    spawnSync('mount', ['-o', 'remount,size=16m', disk], { timeout: WAIT_MS });
    await journal.flush();
    expect(journal.state()).toEqual({ up: true, pending: 0 });
    expect((await store.load(0)).targets).toHaveLength(900);
    await journal.close();
  });

  test.runIf(isRoot)(
    'a disk that was mounted read-only: refused, and written when it can be again',
    async () => {
      const disk = mount('size=16m');
      const path = join(disk, 'mailprobe.db');
      await save(aStore({ file: path }), { targets: [aTargetMemory()] });
      await stores.pop()?.close();
      spawnSync('mount', ['-o', 'remount,ro', disk], { timeout: WAIT_MS });
      const store = aStore({ file: path });
      await expect(save(store, { targets: [aTargetMemory()] })).rejects.toMatchObject({ code: 'read-only' });
      spawnSync('mount', ['-o', 'remount,rw', disk], { timeout: WAIT_MS });
      await save(store, { targets: [aTargetMemory({ probesTotal: 8 })] });
      expect((await store.load(0)).targets[0]?.probesTotal).toBe(8);
    },
  );
});

test.each([
  ['NFS', 0x6969, true],
  ['CIFS, as Node gives it', 0xff534d42, true],
  ['CIFS, as a signed number', 0xff534d42 | 0, true],
  ['ext4', 0xef53, false],
  ['tmpfs', 0x01021994, false],
])('%s is a network file system: %s', (_, type, expected) => {
  expect(isNetworkFileSystem(type)).toBe(expected);
});

describe('the schema', () => {
  const additive = {
    sql: "ALTER TABLE target ADD COLUMN extra TEXT NOT NULL DEFAULT 'x'",
    compatibleFrom: 1,
  };
  const breaking = { sql: 'CREATE TABLE other (x INTEGER) STRICT', compatibleFrom: MIGRATIONS.length + 1 };

  const withDatabase = <T>(body: (database: DatabaseSync) => T): T => {
    mkdirSync(join(folder, 'data'), { recursive: true });
    const database = new DatabaseSync(file);
    try {
      return body(database);
    } finally {
      database.close();
    }
  };

  test.each(MIGRATIONS.map((_, version) => version))(
    'a file of version %i is brought up to date',
    async (version) => {
      withDatabase((database) => migrate(database, MIGRATIONS.slice(0, version)));
      await save(aStore(), { targets: [aTargetMemory()] });
      await stores.pop()?.close();
      expect(withDatabase((database) => checkSchema(database).version)).toBe(MIGRATIONS.length);
    },
  );

  test('a later version keeps what an earlier one wrote', async () => {
    await save(aStore(), { targets: [aTargetMemory()] });
    await stores.pop()?.close();
    const row = withDatabase((database) => {
      migrate(database, [...MIGRATIONS, additive]);
      return database.prepare('SELECT key, extra FROM target').get();
    });
    expect(row).toEqual({ key: 'qms imap', extra: 'x' });
  });

  test('a newer schema that we can live with is used as it is', async () => {
    withDatabase((database) => migrate(database, [...MIGRATIONS, additive]));
    const store = aStore();
    await save(store, { targets: [aTargetMemory()] });
    expect((await store.load(0)).targets).toHaveLength(1);
    await store.close();
    expect(withDatabase((database) => checkSchema(database).version)).toBe(MIGRATIONS.length + 1);
  });

  test('a newer schema that we cannot live with is refused, to readers as well', async () => {
    withDatabase((database) => migrate(database, [...MIGRATIONS, breaking]));
    const refused = { code: 'newer-schema', message: /run the newer version, or restore a backup/ };
    await expect(aStore().open()).rejects.toMatchObject({ code: refused.code });
    await expect(aStore({ readOnly: true }).load(0)).rejects.toThrow(refused.message);
  });

  test('every migration says from which version on it can be lived with', () => {
    for (const [at, { compatibleFrom }] of MIGRATIONS.entries()) {
      expect(compatibleFrom).toBeLessThanOrEqual(at + 1);
      expect(compatibleFrom).toBeGreaterThanOrEqual(MIGRATIONS[at - 1]?.compatibleFrom ?? 1);
    }
  });
});

test('a backup is whole, for its owner only, and never replaces a file', async () => {
  const store = aStore();
  await save(store, { targets: [aTargetMemory()], incidents: [anIncident('i1')] });
  const copy = join(folder, 'copy.db');
  await store.backup(copy);
  await save(store, { incidents: [anIncident('i2')] });
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  const restored = aStore({ file: copy });
  expect((await restored.load(0)).incidents.map(({ id }) => id)).toEqual(['i1']);
  const before = readFileSync(copy);
  await expect(store.backup(copy)).rejects.toThrow(`cannot be written to ${copy}: it exists already`);
  const nowhere = join(folder, 'none', 'copy.db');
  await expect(store.backup(nowhere)).rejects.toThrow(`to ${nowhere}: its folder does not exist`);
  expect(readFileSync(copy).equals(before)).toBe(true);
});

test('no secret that the redactor knows gets into the file, wherever it stood', async () => {
  const canary = 'cnry-8Q~4vTz0LmXw7RbKp2Yd9';
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJjYW5hcnkiOiJ0b2tlbiJ9.c2lnbmF0dXJl';
  const redactor = createRedactor();
  redactor.add(canary);
  const store = aStore({ redact: redactor.redact });
  const text = `refused: "${canary}" and ${jwt}`;
  const failure = { kind: 'rejected', text } as const;
  await save(store, {
    targets: [
      aTargetMemory({
        history: [aProbe({ failed: { auth: failure }, diagnoses: [aDiagnosis({ evidence: [text] })] })],
      }),
    ],
    stateChanges: [aChange('down', NOON)],
    incidents: [anIncident('i1', { title: text, diagnosis: aDiagnosis({ title: text }) })],
    outbox: [aMessage('m1', { incident: 'i1', body: JSON.stringify({ text }) }), aMessage('m2')],
    settlements: [{ message: 'm2', outcome: 'failed', at: NOON, detail: text }],
    maintenance: [{ ...aWindow('w1', NOON), note: text }],
    credentials: [
      {
        app: 'plm',
        status: { app: 'plm', kind: 'secret', endDates: [], registered: [], match: 'none', refusal: failure },
      },
    ],
    tokens: [
      {
        app: 'plm',
        state: {
          app: 'plm',
          requestsTotal: 1,
          failuresByCode: {},
          lastFailure: { failure, at: NOON },
        },
      },
    ],
  });
  await store.acknowledge('i1', { by: canary, note: text, at: NOON });
  await store.addMaintenance({ ...aWindow('w2', NOON), by: canary, note: text });
  await store.close();
  const names = readdirSync(join(folder, 'data'));
  expect(names).toContain('mailprobe.db');
  for (const name of names) {
    const content = readFileSync(join(folder, 'data', name));
    for (const secret of [canary, canary.slice(0, 20), jwt, 'eyJhbGci'])
      expect(content.includes(secret), `${name} holds ${secret}`).toBe(false);
  }
  expect(readFileSync(file).includes('[redacted]')).toBe(true);
});
