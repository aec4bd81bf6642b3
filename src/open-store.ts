/**
 * Opens the configured store, and reads what the previous process stored. If the store is unavailable, the daemon
 * starts without it and reads it later. The start fails only if another daemon uses the store. Called by `serve`.
 */
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import { databaseConnection } from './database-connection.ts';
import { canWrite } from './files/can-write.ts';
import { databaseName, type DatabaseSettings } from './model/database.ts';
import type { Files } from './model/files.ts';
import type { Memories } from './model/memory.ts';
import type { Redactor } from './model/redactor.ts';
import { StoreError, type StoreFailure } from './model/store-error.ts';
import type { SharedStore } from './shared-store.ts';
import { createMemoryStore } from './store/memory-store.ts';
import { createSqliteStore, type SqliteStoreOptions } from './store/sqlite-store.ts';
import type { Store } from './store/store.ts';
import { storeLocation } from './store/store-location.ts';

export interface OpenedStore {
  readonly store: Store;
  /**
   * Returns the stored state at the first call only, so that nothing keeps it in memory. Undefined if nothing could be
   * read.
   */
  readonly takeMemories: () => Memories | undefined;
  /**
   * Present if the store was unavailable at the start. Opens the store and reads the stored state. Call this before the
   * first write. Rejects with a `StoreError` while the store is unavailable.
   */
  readonly loadLater?: () => Promise<Memories>;
  /** Why this process can never use the store. Absent if it can use the store now or later. */
  readonly failure?: StoreError;
  /** `report` is called when a damaged database file was moved aside and an empty one was created. */
  readonly onBegunAnew: (report: () => void) => void;
  /** Present if other replicas may share the store. */
  readonly shared?: SharedStore;
}

export interface OpenStoreEdges {
  readonly configFile: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: Files;
  readonly logger: Logger;
  readonly redactor: Redactor;
}

/** A closed incident may reopen within this time. */
export const REOPENS_WITHIN_MS = 3_600_000;
/**
 * The store is tried this often before the daemon starts without it, because a backup or a slow disk may block it for a
 * moment.
 */
const ATTEMPTS = 10;
const PAUSE_MS = 1_000;

const MAY_PASS: ReadonlySet<StoreFailure> = new Set(['locked', 'unreachable']);

/** Failures that last as long as this process runs. */
const FOR_GOOD: ReadonlySet<StoreFailure> = new Set(['newer-schema', 'not-ours']);

/** Rejects with a `StoreError` if another daemon uses the store. */
export async function openStore(config: Config, edges: OpenStoreEdges): Promise<OpenedStore> {
  const { configFile, env, logger, redactor } = edges;
  const { store: configured, database } = config;
  const place = storeLocation({ configured, database, configFile, env, canWrite });
  if (place.kind === 'none') {
    if (place.warning !== undefined) logger.warn({ event: 'store_none' }, place.warning);
    return inMemory();
  }
  if (place.kind === 'database') return await openShared(place.database, config, edges);
  let begunAnew = (): void => undefined;
  const onEvent: SqliteStoreOptions['onEvent'] = (event) => {
    logger.warn({ ...event, event: `store_${event.kind.replace('-', '_')}` }, describeEvent(event));
    if (event.kind === 'moved-aside') begunAnew();
  };
  const { file } = place;
  const store = createSqliteStore({ file, redact: redactor.redact, onEvent });
  const onBegunAnew = (report: () => void): void => {
    begunAnew = report;
  };
  return { ...(await begin(store, file, logger, store.load)), onBegunAnew };
}

/** Opens the store that replicas share. The state of an app is read later, when this replica gets the app. */
async function openShared(
  database: DatabaseSettings,
  config: Config,
  edges: OpenStoreEdges,
): Promise<OpenedStore> {
  const { logger, redactor } = edges;
  const { createSharedStore } = await import('./shared-store.ts');
  const shared = createSharedStore(databaseConnection(database, edges, redactor), {
    name: config.replica ?? hostname(),
    redact: redactor.redact,
  });
  const { store, name } = shared;
  const load: Store['load'] = async (closedSince) => await store.loadShared(name, closedSince);
  const begun = await begin(store, databaseName(database), logger, load);
  return { ...begun, onBegunAnew: () => undefined, ...(begun.failure === undefined ? { shared } : {}) };
}

async function begin(
  store: Store,
  where: string,
  logger: Logger,
  load: Store['load'],
): Promise<Omit<OpenedStore, 'onBegunAnew'>> {
  try {
    const memories = await loadPatiently(store, load);
    logger.info({ event: 'store_opened', file: where }, `states and incidents are kept in ${where}`);
    return { store, takeMemories: once(memories) };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.code === 'in-use') {
      await store.close();
      throw error;
    }
    logger.warn({ event: 'store_unavailable', code: error.code }, `${error.message}; continuing in memory`);
    if (!FOR_GOOD.has(error.code))
      return { store, takeMemories: nothing, loadLater: async () => await loadOnce(store, load) };
    await store.close();
    return { store: createMemoryStore(), takeMemories: nothing, failure: error };
  }
}

/** Returns a store in memory, which keeps nothing across a restart. */
export function inMemory(): OpenedStore {
  return { store: createMemoryStore(), takeMemories: nothing, onBegunAnew: nothing };
}

function nothing(): undefined {
  return undefined;
}

function once<T>(value: T): () => T | undefined {
  let left: T | undefined = value;
  return () => {
    const taken = left;
    left = undefined;
    return taken;
  };
}

async function loadPatiently(store: Store, load: Store['load']): Promise<Memories> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await loadOnce(store, load);
    } catch (error) {
      const mayPass = error instanceof StoreError && MAY_PASS.has(error.code) && attempt < ATTEMPTS;
      if (!mayPass) throw error;
    }
    await pause(PAUSE_MS);
  }
}

async function loadOnce(store: Store, load: Store['load']): Promise<Memories> {
  await store.open();
  return await load(Date.now() - REOPENS_WITHIN_MS);
}

function describeEvent(event: Parameters<NonNullable<SqliteStoreOptions['onEvent']>>[0]): string {
  return event.kind === 'moved-aside'
    ? `the store ${event.file} is damaged: it was moved to ${event.to}, and a new one is created`
    : `the store ${event.file} is on a file system that does not support SQLite's WAL: use a local disk`;
}
