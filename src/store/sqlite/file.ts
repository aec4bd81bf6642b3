/**
 * Opens the database file: makes it accessible to its owner only, chooses the journal mode and migrates the schema. A
 * damaged file, or one that is no database, is moved aside, and a new one is created. Also takes the lock that allows
 * only one daemon. Runs in the worker thread.
 */
import { StoreError } from '../../model/store-error.ts';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  statfsSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createDatabase, type Database } from './database.ts';
import { resultCode, storeError } from './failure.ts';
import { checkSchema, migrate } from './migrate.ts';

export interface FileOptions {
  readonly file: string;
  /** True for a command that reads while a daemon writes. Takes no lock, and creates and changes nothing. */
  readonly readOnly: boolean;
}

export type StoreEvent =
  | { readonly kind: 'moved-aside'; readonly file: string; readonly to: string }
  /**
   * WAL does not work here, for example because the file is on a network file system. The store is then slower, and a
   * reader blocks a writer.
   */
  | { readonly kind: 'no-wal'; readonly file: string };

export interface OpenFile extends Database {
  readonly close: () => void;
}

/** How long SQLite waits for the lock of another process. The wait blocks only the worker thread. */
const LOCK_TIMEOUT_MS = 1_000;

/** File systems on which the shared memory of WAL does not work between machines. The numbers are from statfs(2). */
const NETWORK_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0x69_69, // NFS
  0x51_7b, // SMB
  0xfe_53_4d_42, // SMB2
  0xff_53_4d_42, // CIFS
  0x01_02_19_97, // 9P
  0x00_c3_64_00, // Ceph
]);

export function isNetworkFileSystem(type: number): boolean {
  return NETWORK_FILE_SYSTEMS.has(type >>> 0);
}

/**
 * Locks a second file by an exclusive transaction, so that the kernel releases the lock when the process ends. A lock
 * on the database itself would block `report` and `backup`. Returns a function that unlocks. Throws a `StoreError` if
 * another process has the lock.
 */
export function lockFile(file: string): () => void {
  makeFile(`${file}.lock`);
  const lock = new DatabaseSync(`${file}.lock`, { timeout: 0 });
  try {
    // Nothing is written to the lock file, so it needs no journal file.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (resultCode(error) !== 5) throw error;
    throw new StoreError(
      'in-use',
      `the store ${file} is in use by another mailprobe: stop that one, or give this one a \`store\` of its own`,
    );
  }
  return () => lock.close();
}

export function openFile({ file, readOnly }: FileOptions, onEvent: (event: StoreEvent) => void): OpenFile {
  if (readOnly) return openReadOnly(file);
  makeFile(file);
  try {
    return openForWriting(file, onEvent);
  } catch (error) {
    if (storeError(error, file).code !== 'corrupt') throw error;
    moveAside(file, onEvent);
    makeFile(file);
    return openForWriting(file, onEvent);
  }
}

/** Renames a damaged file and its companion files. Does not delete them, because they may be the only copy. */
export function moveAside(file: string, onEvent: (event: StoreEvent) => void): void {
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  const to = `${file}.corrupt-${stamp}`;
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, to + suffix);
  }
  onEvent({ kind: 'moved-aside', file, to });
}

/**
 * Creates the file if it is missing, and makes it accessible to its owner only. SQLite gives `-wal` and `-shm` the same
 * permissions.
 */
function makeFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  refuseOtherThanFile(file);
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}

/** Throws if the path exists and is not a regular file. To open a named pipe would block until a writer opens it. */
function refuseOtherThanFile(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return;
  throw new StoreError(
    'failed',
    `the store ${file} is not a regular file: move it away, or name another \`store\``,
  );
}

/** Creates an empty file for a backup, accessible to its owner only. Throws if the file exists. */
export function makeCopyFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    const { code } = storeError(error, file);
    const why = existsSync(file)
      ? 'it exists already'
      : `its folder ${code === 'missing' ? 'does not exist' : 'cannot be written'}`;
    throw new StoreError('failed', `the backup cannot be written to ${file}: ${why}`);
  }
}

function openForWriting(file: string, onEvent: (event: StoreEvent) => void): OpenFile {
  const sql = new DatabaseSync(file, { timeout: LOCK_TIMEOUT_MS });
  try {
    if (!isNetworkFileSystem(statfsSync(dirname(file)).type) && setsWal(sql)) {
      sql.exec('PRAGMA journal_size_limit = 16777216');
    } else {
      sql.exec('PRAGMA journal_mode = DELETE');
      onEvent({ kind: 'no-wal', file });
    }
    sql.exec('PRAGMA trusted_schema = OFF');
    migrate(sql);
    return { ...createDatabase(sql), close: () => sql.close() };
  } catch (error) {
    sql.close();
    throw error;
  }
}

function setsWal(sql: DatabaseSync): boolean {
  return sql.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'] === 'wal';
}

function openReadOnly(file: string): OpenFile {
  if (!existsSync(file)) throw new StoreError('missing', `the store ${file} does not exist`);
  refuseOtherThanFile(file);
  const sql = new DatabaseSync(file, { readOnly: true, timeout: LOCK_TIMEOUT_MS });
  try {
    if (checkSchema(sql).version === 0) throw new StoreError('missing', `the store ${file} is empty`);
    return { ...createDatabase(sql), close: () => sql.close() };
  } catch (error) {
    sql.close();
    throw error;
  }
}
