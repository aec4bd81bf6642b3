/**
 * Migrates a file to the newest schema that this program knows, in one transaction. Called when the store opens a file.
 * A newer schema is used as it is if the newer program declared it compatible.
 */
import { StoreError } from '../../model/store-error.ts';
import type { DatabaseSync } from 'node:sqlite';
import { APPLICATION_ID, MIGRATIONS, type Migration } from './schema.ts';

export interface SchemaVersion {
  readonly version: number;
  readonly compatibleFrom: number;
}

export function migrate(sql: DatabaseSync, migrations: readonly Migration[] = MIGRATIONS): void {
  const { version } = checkSchema(sql, migrations);
  if (version >= migrations.length) return;
  sql.exec('BEGIN IMMEDIATE');
  sql.exec(`CREATE TABLE IF NOT EXISTS meta (
    name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID`);
  for (const migration of migrations.slice(version)) sql.exec(migration.sql);
  const put = sql.prepare(
    'INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  put.run('version', migrations.length);
  put.run('compatible_from', migrations.at(-1)?.compatibleFrom ?? 0);
  sql.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  sql.exec('COMMIT');
}

/**
 * Returns the version of the schema, or 0 for an empty file. Throws a `StoreError` for a file that this program must
 * not write.
 */
export function checkSchema(sql: DatabaseSync, migrations: readonly Migration[] = MIGRATIONS): SchemaVersion {
  const found = schemaOf(sql);
  if (found.compatibleFrom > migrations.length)
    throw new StoreError(
      'newer-schema',
      `the store has schema ${found.version}, written by a newer mailprobe; this one knows ${migrations.length} and must not write it: run the newer version, or restore a backup of the older one`,
    );
  return found;
}

function schemaOf(sql: DatabaseSync): SchemaVersion {
  const tables = new Set(
    sql
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map(({ name }) => name),
  );
  if (tables.size === 0) return { version: 0, compatibleFrom: 0 };
  const applicationId = sql.prepare('PRAGMA application_id').get()?.['application_id'];
  if (applicationId !== APPLICATION_ID || !tables.has('meta'))
    throw new StoreError(
      'not-ours',
      'the file is the SQLite database of another program: give `store` a file of its own',
    );
  const read = sql.prepare('SELECT value FROM meta WHERE name = ?');
  return {
    version: Number(read.get('version')?.['value'] ?? 0),
    compatibleFrom: Number(read.get('compatible_from')?.['value'] ?? 0),
  };
}
