/**
 * Migrates the database to the newest schema that this program knows. An advisory lock keeps several replicas from
 * migrating at the same time. A newer schema is used as it is if the newer program declared it compatible.
 */
import { StoreError } from '../../model/store-error.ts';
import type { Database, Queries } from '../../model/database.ts';
import { MIGRATIONS, type Migration } from './schema.ts';

/** The key of the advisory lock: the letters "mprb". */
const LOCK = 0x6d_70_72_62;

export async function migrate(
  connection: Database,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  if ((await versionOf(connection, migrations)) >= migrations.length) return;
  await connection.transaction(async (queries) => {
    await queries.run('SELECT pg_advisory_xact_lock($1)', LOCK);
    const version = await versionOf(queries, migrations);
    if (version === 0) await begin(queries);
    for (const { sql } of migrations.slice(version))
      for (const statement of sql.split(';')) if (statement.trim() !== '') await queries.run(statement);
    if (version >= migrations.length) return;
    await queries.run(
      `INSERT INTO mailprobe.meta VALUES ('version', $1), ('compatible_from', $2)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      migrations.length,
      migrations.at(-1)?.compatibleFrom ?? 0,
    );
  });
}

/**
 * Returns the version of the schema, or 0 if there is none yet. Throws a `StoreError` if this program must not write to
 * the database.
 */
export async function versionOf(
  queries: Queries,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<number> {
  const [found] = await queries.all<{ meta: boolean; tables: number }>(
    `SELECT to_regclass('mailprobe.meta') IS NOT NULL AS meta,
       (SELECT count(*)::int FROM pg_catalog.pg_tables WHERE schemaname = 'mailprobe') AS tables`,
  );
  if (found?.meta !== true) {
    if (found === undefined || found.tables === 0) return 0;
    throw new StoreError(
      'not-ours',
      'the schema mailprobe of the database is another program’s: give `store` a database of its own',
    );
  }
  const rows = await queries.all<{ name: string; value: number }>('SELECT name, value FROM mailprobe.meta');
  const values = new Map(rows.map(({ name, value }) => [name, value]));
  const version = values.get('version') ?? 0;
  if ((values.get('compatible_from') ?? 0) > migrations.length)
    throw new StoreError(
      'newer-schema',
      `the store has schema ${version}, written by a newer mailprobe; this one knows ${migrations.length} and must not write it: run the newer version, or restore a backup of the older one`,
    );
  return version;
}

async function begin(queries: Queries): Promise<void> {
  const [server] = await queries.all<{ encoding: string; schema: boolean }>(
    `SELECT current_setting('server_encoding') AS encoding, to_regnamespace('mailprobe') IS NOT NULL AS schema`,
  );
  if (server?.encoding !== 'UTF8')
    throw new StoreError(
      'unsupported',
      'the database of the store must have the encoding UTF8: create it again with that encoding',
    );
  // If an administrator has created the schema, the role needs no right to create one.
  if (!server.schema) await queries.run('CREATE SCHEMA mailprobe');
  await queries.run(
    'CREATE TABLE IF NOT EXISTS mailprobe.meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL)',
  );
}
