/**
 * The PostgreSQL store, for one replica or several. Made by the daemon, and read-only by the commands `report` and
 * `backup`. Each request has a deadline. The store keeps no state of a connection, so it works again as soon as the
 * server is back.
 */
import type { AnsweredProbe } from '../model/asked-probe.ts';
import type { Incident } from '../model/incident.ts';
import type { Page } from '../model/past.ts';
import { databaseName, type Queries } from '../model/database.ts';
import type { Changes, Memories } from '../model/memory.ts';
import { StoreError } from '../model/store-error.ts';
import { encode, redactedWindow, type Rows } from './encode.ts';
import { availability, incidentFacts } from './postgres/availability.ts';
import { batch, fitText, lastOf } from './postgres/batch.ts';
import { createConnection, type ConnectionOptions } from './postgres/connection.ts';
import { answerAsk, answerOf, ask, endAsk, takeAsks, type Ask } from './postgres/asks.ts';
import { incident, incidentMarks, incidents, incidentsById } from './postgres/incidents.ts';
import { endMaintenance, maintenance, saveMaintenance } from './postgres/maintenance.ts';
import {
  changesOf,
  closeIncidentsOf,
  load,
  loadApps,
  loadShared,
  type AppChanges,
  type AppMemories,
} from './postgres/load.ts';
import { migrate, versionOf } from './postgres/migrate.ts';
import { saveMessages, settle, takeDue } from './postgres/outbox.ts';
import { prune } from './postgres/prune.ts';
import { ownRows, type StoreSharing } from './postgres/own-rows.ts';
import { saveIncidents, type Sharing } from './postgres/save-incidents.ts';
import { history, saveSession, saveStateChanges, saveTargets, sessions } from './postgres/targets.ts';
import type { Store } from './store.ts';

export interface PostgresStoreOptions extends ConnectionOptions {
  /** True for a command that reads while daemons write to the database. */
  readonly readOnly?: boolean;
  /** Removes secrets from a text. Applied to every text from a server or a person before it is written. */
  readonly redact?: (text: string) => string;
  readonly deadlineMs?: number;
  /** Says which rows this replica may write, if there are several replicas. If absent, it may write all rows. */
  readonly sharing?: StoreSharing;
}

export interface PostgresStore extends Store {
  /** Loads everything about these apps, which another replica has probed so far. */
  readonly loadApps: (apps: readonly string[], closedSince: number) => Promise<AppMemories>;
  /** Loads what changed in these apps since the `until` of an earlier answer, or everything if `since` is absent. */
  readonly changes: (apps: readonly string[], since?: string) => Promise<AppChanges>;
  /** Loads the rows that a start needs and that belong to no app. Also loads the incidents about this prober itself. */
  readonly loadShared: (prober: string, closedSince: number) => Promise<Memories>;
  /**
   * Returns a mark for each incident that is open, or that closed after `closedSince`. The mark changes when the
   * incident changes.
   */
  readonly incidentMarks: (
    closedSince: number,
  ) => Promise<readonly { readonly id: string; readonly mark: string }[]>;
  readonly incidentsById: (ids: readonly string[]) => Promise<readonly Incident[]>;
  readonly ask: (ask: Ask) => Promise<void>;
  /**
   * Takes the asks of apps that this replica holds. An ask is another replica's request for a probe. Each ask is taken
   * once.
   */
  readonly takeAsks: (replica: string) => Promise<readonly Ask[]>;
  readonly answerAsk: (id: string, answer: AnsweredProbe) => Promise<void>;
  readonly answerOf: (id: string) => ReturnType<typeof answerOf>;
  readonly endAsk: (id: string) => Promise<void>;
  /** Closes the incidents about replicas that are gone. */
  readonly closeIncidentsOf: (probers: readonly string[], now: number) => Promise<void>;
}

/** Rows per reply. Larger replies would block the event loop. */
const SLICE = 500;

export function createPostgresStore(options: PostgresStoreOptions): PostgresStore {
  const { database, sharing, readOnly = false, redact = (text: string): string => text } = options;
  const connection = createConnection(options, options.deadlineMs);
  let opening: Promise<void> | undefined;

  const prepare = async (): Promise<void> => {
    if (!readOnly) return await migrate(connection);
    if ((await versionOf(connection)) === 0)
      throw new StoreError('missing', `the store ${databaseName(database)} is empty`);
  };
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
    loadApps: async (apps, closedSince) =>
      await asked(async (queries) => await loadApps(queries, apps, closedSince)),
    changes: async (apps, since) => await asked(async (queries) => await changesOf(queries, apps, since)),
    loadShared: async (prober, closedSince) =>
      await asked(async (queries) => await loadShared(queries, prober, closedSince)),
    closeIncidentsOf: async (probers, now) =>
      await asked(async (queries) => await closeIncidentsOf(queries, probers, now)),
    incidentMarks: async (since) => await asked(async (queries) => await incidentMarks(queries, since)),
    incidentsById: async (ids) => await asked(async (queries) => await incidentsById(queries, ids)),
    ask: async (given) => await asked(async (queries) => await ask(queries, given)),
    takeAsks: async (replica) => await asked(async (queries) => await takeAsks(queries, replica)),
    answerAsk: async (id, answer) =>
      await asked(async (queries) => await answerAsk(queries, id, fitText(redact(JSON.stringify(answer))))),
    answerOf: async (id) => await asked(async (queries) => await answerOf(queries, id)),
    endAsk: async (id) => await asked(async (queries) => await endAsk(queries, id)),
    save: async (changes: Changes) => {
      const rows = encode(changes, redact);
      const stored = await written(async (queries) => await save(queries, rows, sharing));
      for (const [id, kept] of stored) sharing?.onStored(id, kept);
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

/** Maps the id of each written incident to the id under which it is stored. */
async function save(
  queries: Queries,
  given: Rows,
  sharing: StoreSharing | undefined,
): Promise<ReadonlyMap<string, string>> {
  const rows: Rows & { readonly sharing?: Sharing } =
    sharing === undefined ? given : await ownRows(queries, given, sharing);
  await saveTargets(queries, rows.targets);
  await saveStateChanges(queries, rows.stateChanges);
  const { messages, joined } = await saveIncidents(queries, rows.incidents, rows.outbox, rows.sharing);
  await saveMessages(queries, messages, sharing !== undefined);
  await settle(queries, rows.settlements);
  await saveMaintenance(queries, rows.maintenance);
  await saveApps(queries, 'credential', 'status', rows.credentials);
  await saveApps(queries, 'token', 'state', rows.tokens);
  if (rows.session !== undefined) await saveSession(queries, rows.session);
  return new Map(rows.incidents.map(({ id }) => [id, joined.get(id) ?? id]));
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
     ON CONFLICT (app) DO UPDATE SET ${column} = excluded.${column}, changed = clock_timestamp()`,
    batch(lastOf(rows, ({ app }) => app)),
  );
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
