/**
 * The store of several replicas, or of whoever has a PostgreSQL anyway. Made by the daemon, and read-only by the command
 * `report`. Each request has a deadline; nothing is kept here, so that a server that comes back is used at once.
 */
import type { Page } from '../model/past.ts';
import { databaseName, type Queries } from '../model/database.ts';
import type { Changes, CredentialMemory, TargetMemory, TokenMemory } from '../model/memory.ts';
import { StoreError } from '../model/store-error.ts';
import { encode, redactedWindow, type Rows } from './encode.ts';
import { availability, incidentFacts } from './postgres/availability.ts';
import { batch, fitText, lastOf } from './postgres/batch.ts';
import { createConnection, type ConnectionOptions } from './postgres/connection.ts';
import { incident, incidents, reopenable } from './postgres/incidents.ts';
import { endMaintenance, maintenance, saveMaintenance } from './postgres/maintenance.ts';
import { migrate, versionOf } from './postgres/migrate.ts';
import { saveMessages, settle, takeDue } from './postgres/outbox.ts';
import { prune } from './postgres/prune.ts';
import { saveIncidents } from './postgres/save-incidents.ts';
import {
  history,
  lastSession,
  saveSession,
  saveStateChanges,
  saveTargets,
  sessions,
  targets,
} from './postgres/targets.ts';
import type { Store } from './store.ts';

export interface PostgresStoreOptions extends ConnectionOptions {
  /** Beside daemons that write it. */
  readonly readOnly?: boolean;
  /** Goes once more over every text of foreign origin. */
  readonly redact?: (text: string) => string;
  readonly deadlineMs?: number;
}

/** Rows of one answer: more would hold up the event loop. */
const SLICE = 500;

export function createPostgresStore(options: PostgresStoreOptions): Store {
  const { database, readOnly = false, redact = (text: string): string => text } = options;
  const connection = createConnection(options, options.deadlineMs);
  let opening: Promise<void> | undefined;

  const prepare = async (): Promise<void> => {
    if (!readOnly) return await migrate(connection);
    if ((await versionOf(connection)) === 0)
      throw new StoreError('missing', `the store ${databaseName(database)} is empty`);
  };
  /** One that failed is tried again by the next request. */
  const open = async (): Promise<void> => {
    opening ??= prepare().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    await opening;
  };
  const asked = async <T>(ask: (queries: Queries) => Promise<T>): Promise<T> => {
    await open();
    return await ask(connection);
  };
  const written = async <T>(write: (queries: Queries) => Promise<T>): Promise<T> => {
    await open();
    return await connection.transaction(write);
  };

  return {
    open,
    load: async (closedSince) => await asked(async (queries) => await load(queries, closedSince)),
    save: async (changes: Changes) => {
      const rows = encode(changes, redact);
      await written(async (queries) => await save(queries, rows));
    },
    incidents: async (query) => await asked(async (queries) => await incidents(queries, query)),
    incident: async (id) => await asked(async (queries) => await incident(queries, id)),
    history: async (query) => await asked(async (queries) => await history(queries, query)),
    availability: async ({ from, until }) =>
      await asked(async (queries) => {
        const window = { from, until };
        return {
          window,
          mailboxes: await everyPage(async (after) => await availability(queries, window, after, SLICE)),
          incidents: await everyPage(async (after) => await incidentFacts(queries, window, after, SLICE)),
        };
      }),
    acknowledge: async (id, { by, note, at, until }) =>
      (await asked(
        async (queries) =>
          await queries.run(
            `INSERT INTO mailprobe.acknowledgement (incident, by, note, at, ends)
             SELECT id, $2, $3, $4::bigint, $5::bigint FROM mailprobe.incident WHERE id = $1
             ON CONFLICT (incident) DO UPDATE SET by = excluded.by, note = excluded.note, at = excluded.at,
               ends = excluded.ends`,
            id,
            fitText(redact(by)),
            fitText(redact(note)),
            at,
            until,
          ),
      )) > 0,
    unacknowledge: async (id) =>
      (await asked(
        async (queries) => await queries.run('DELETE FROM mailprobe.acknowledgement WHERE incident = $1', id),
      )) > 0,
    addMaintenance: async (window) =>
      await asked(async (queries) => await saveMaintenance(queries, [redactedWindow(window, redact)])),
    endMaintenance: async (id, at) => await written(async (queries) => await endMaintenance(queries, id, at)),
    maintenance: async (span) => await asked(async (queries) => await maintenance(queries, span)),
    sessions: async (span) => await asked(async (queries) => await sessions(queries, span)),
    takeDue: async (request) => await asked(async (queries) => await takeDue(queries, request)),
    async prune(before) {
      for (let total = 0; ; ) {
        const deleted = await asked(async (queries) => await prune(queries, before, SLICE));
        if (deleted === 0) return total;
        total += deleted;
      }
    },
    backup: async () => {
      const name = databaseName(database);
      throw new StoreError(
        'unsupported',
        `the store ${name} is a PostgreSQL database: back it up with pg_dump, such as pg_dump --format=custom --schema=mailprobe --file=mailprobe.dump "${name}"`,
      );
    },
    close: connection.close,
  };
}

async function save(queries: Queries, rows: Rows): Promise<void> {
  await saveTargets(queries, rows.targets);
  await saveStateChanges(queries, rows.stateChanges);
  const { messages } = await saveIncidents(queries, rows.incidents, rows.outbox, undefined);
  await saveMessages(queries, messages);
  await settle(queries, rows.settlements);
  await saveMaintenance(queries, rows.maintenance);
  await saveApps(queries, 'credential', 'status', rows.credentials);
  await saveApps(queries, 'token', 'state', rows.tokens);
  if (rows.session !== undefined) await saveSession(queries, rows.session);
}

async function saveApps(
  queries: Queries,
  table: 'credential' | 'token',
  column: 'status' | 'state',
  rows: Rows['credentials'],
): Promise<void> {
  if (rows.length === 0) return;
  await queries.run(
    `INSERT INTO mailprobe.${table} (app, ${column})
     SELECT app, json FROM json_to_recordset($1::text::json) AS n (app text, json text)
     ON CONFLICT (app) DO UPDATE SET ${column} = excluded.${column}`,
    batch(lastOf(rows, ({ app }) => app)),
  );
}

async function load(queries: Queries, closedSince: number): ReturnType<Store['load']> {
  const all: TargetMemory[] = [];
  for (let after = ''; ; ) {
    const slice = await targets(queries, after, SLICE);
    all.push(...slice);
    const last = slice.at(-1);
    if (last === undefined || slice.length < SLICE) break;
    after = last.key;
  }
  const session = await lastSession(queries);
  return {
    targets: all,
    incidents: await reopenable(queries, closedSince),
    maintenance: await maintenance(queries, { from: closedSince, until: Number.MAX_SAFE_INTEGER }),
    ...(await apps(queries)),
    ...(session === undefined ? {} : { lastSession: session }),
  };
}

async function apps(queries: Queries): Promise<{
  readonly credentials: readonly CredentialMemory[];
  readonly tokens: readonly TokenMemory[];
}> {
  const credentials = await queries.all<{ app: string; status: string }>(
    'SELECT app, status FROM mailprobe.credential ORDER BY app',
  );
  const tokens = await queries.all<{ app: string; state: string }>(
    'SELECT app, state FROM mailprobe.token ORDER BY app',
  );
  return {
    credentials: credentials.map(({ app, status }) => ({ app, status: JSON.parse(status) })),
    tokens: tokens.map(({ app, state }) => ({ app, state: JSON.parse(state) })),
  };
}

async function everyPage<T>(page: (after: string) => Promise<Page<T>>): Promise<readonly T[]> {
  const all: T[] = [];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const { items, next }: Page<T> = await page(after);
    all.push(...items);
    after = next;
  }
  return all;
}
