/**
 * The PostgreSQL store, for one replica or several. Made by the daemon. The commands `report` and `backup` make it
 * read-only. Each request has a deadline. The store keeps no state of a connection, so it works again as soon as the
 * server is back.
 */
import type { AnsweredProbe } from '../model/asked-probe.ts';
import type { Acknowledgement, Incident } from '../model/incident.ts';
import { databaseName, type Queries } from '../model/database.ts';
import type { MaintenanceWindow, Memories } from '../model/memory.ts';
import { StoreError } from '../model/store-error.ts';
import { encode, redactedWindow } from './encode.ts';
import { acknowledge, unacknowledge } from './postgres/acknowledgements.ts';
import { availability } from './postgres/availability.ts';
import { fitText } from './postgres/batch.ts';
import { createConnection, type Connection } from './postgres/connection.ts';
import type { ConnectionOptions } from './postgres/connection-pool.ts';
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
import { takeDue } from './postgres/outbox.ts';
import type { StoreSharing } from './postgres/own-rows.ts';
import { prune } from './postgres/prune.ts';
import { save } from './postgres/save.ts';
import { history, sessions } from './postgres/targets.ts';
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
  /** Loads those rows for the start that belong to no app, and the incidents about this prober itself. */
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
   * Takes the asks for apps that this replica holds. An ask is another replica's request for a probe. Each ask is taken
   * once.
   */
  readonly takeAsks: (replica: string) => Promise<readonly Ask[]>;
  readonly answerAsk: (id: string, answer: AnsweredProbe) => Promise<void>;
  readonly answerOf: (id: string) => ReturnType<typeof answerOf>;
  readonly endAsk: (id: string) => Promise<void>;
  /** Closes the incidents about replicas that are gone. */
  readonly closeIncidentsOf: (probers: readonly string[], now: number) => Promise<void>;
}

export function createPostgresStore(options: PostgresStoreOptions): PostgresStore {
  const { database, sharing, redact = (text: string): string => text } = options;
  const connection = createConnection(options, options.deadlineMs);
  const { open, query, change } = createMethods(connection, options);
  const fit = (text: string): string => fitText(redact(text));
  const write = change(save);

  return {
    open,
    load: query(load),
    loadApps: query(loadApps),
    changes: query(changesOf),
    loadShared: query(loadShared),
    closeIncidentsOf: query(closeIncidentsOf),
    incidentMarks: query(incidentMarks),
    incidentsById: query(incidentsById),
    ask: query(ask),
    takeAsks: query(takeAsks),
    answerAsk: query(
      async (queries, id: string, answer: AnsweredProbe) =>
        await answerAsk(queries, id, fit(JSON.stringify(answer))),
    ),
    answerOf: query(answerOf),
    endAsk: query(endAsk),
    save: async (changes) => {
      const stored = await write(encode(changes, redact), sharing);
      for (const [id, kept] of stored) sharing?.onStored(id, kept);
    },
    incidents: query(incidents),
    incident: query(incident),
    history: query(history),
    availability: query(availability),
    acknowledge: query(
      async (queries, id: string, given: Acknowledgement) =>
        await acknowledge(queries, id, { ...given, by: fit(given.by), note: fit(given.note) }),
    ),
    unacknowledge: query(unacknowledge),
    addMaintenance: query(
      async (queries, window: MaintenanceWindow) =>
        await saveMaintenance(queries, [redactedWindow(window, redact)]),
    ),
    endMaintenance: change(endMaintenance),
    maintenance: query(maintenance),
    sessions: query(sessions),
    takeDue: query(takeDue),
    prune: query(prune),
    backup: async () => {
      throw notForBackup(databaseName(database));
    },
    close: connection.close,
  };
}

interface Methods {
  /** Opens the store once. If that fails, the next request tries again. */
  readonly open: () => Promise<void>;
  /** Makes a method of the store from a function that sends statements. The method opens the store first. */
  readonly query: <Args extends readonly unknown[], Result>(
    send: (queries: Queries, ...args: Args) => Promise<Result>,
  ) => (...args: Args) => Promise<Result>;
  /** Like `query`, in one transaction. */
  readonly change: Methods['query'];
}

function createMethods(connection: Connection, options: PostgresStoreOptions): Methods {
  let opening: Promise<void> | undefined;
  const open = async (): Promise<void> => {
    opening ??= prepare(connection, options).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    await opening;
  };
  return {
    open,
    query:
      (send) =>
      async (...args) => {
        await open();
        return await send(connection, ...args);
      },
    change:
      (send) =>
      async (...args) => {
        await open();
        return await connection.transaction(async (queries) => await send(queries, ...args));
      },
  };
}

async function prepare(
  connection: Connection,
  { database, readOnly = false }: PostgresStoreOptions,
): Promise<void> {
  if (!readOnly) return await migrate(connection);
  if ((await versionOf(connection)) === 0)
    throw new StoreError('missing', `the store ${databaseName(database)} is empty`);
}

function notForBackup(name: string): StoreError {
  return new StoreError(
    'unsupported',
    `the store ${name} is a PostgreSQL database: back it up with pg_dump, such as pg_dump --format=custom --schema=mailprobe --file=mailprobe.dump "${name}"`,
  );
}
