/**
 * The default store: one SQLite file (`node:sqlite`). A worker thread opens the file, so that no probe waits for a
 * disk. Each request has a deadline. Made by the daemon. The commands `report` and `backup` make it read-only.
 */
import type { Page } from '../model/past.ts';
import { resolve } from 'node:path';
import type { Changes, TargetMemory } from '../model/memory.ts';
import { encode, redactedWindow } from './encode.ts';
import { createMemorySharing } from './share-memories.ts';
import type { StoreEvent } from './sqlite/file.ts';
import { createWorkerClient, type Ask } from './sqlite-client.ts';
import type { Clock, Store } from './store.ts';

export interface SqliteStoreOptions {
  readonly file: string;
  /** True for a command that reads while a daemon writes to the file. */
  readonly readOnly?: boolean;
  /** Removes secrets from a text. Applied to every text from a server or a person before it is written. */
  readonly redact?: (text: string) => string;
  readonly onEvent?: (event: StoreEvent) => void;
  readonly clock?: Clock;
}

/** Rows per message to or from the worker. Larger messages would block the event loop. */
const SLICE = 500;

/** `open` or the first request opens the file. */
export function createSqliteStore(options: SqliteStoreOptions): Store {
  const { redact = (text: string): string => text, readOnly = false, onEvent = () => undefined } = options;
  const file = resolve(options.file);
  const client = createWorkerClient({ file, readOnly, onEvent, clock: options.clock });
  const { ask } = client;

  return {
    open: async () => await ask('open'),
    load: async (closedSince) => await load(ask, closedSince),
    save: async (changes: Changes) => await ask('save', encode(changes, redact)),
    incidents: async (query) => await ask('incidents', query),
    incident: async (id) => await ask('incident', id),
    history: async (query) => await ask('history', query),
    async availability({ from, until }) {
      const window = { from, until };
      return {
        window,
        mailboxes: await everyPage(async (after) => await ask('availability', window, after, SLICE)),
        incidents: await everyPage(async (after) => await ask('incidentFacts', window, after, SLICE)),
      };
    },
    acknowledge: async (incident, { by, note, ...rest }) =>
      await ask('acknowledge', incident, { ...rest, by: redact(by), note: redact(note) }),
    unacknowledge: async (incident) => await ask('unacknowledge', incident),
    addMaintenance: async (window) => await ask('addMaintenance', redactedWindow(window, redact)),
    endMaintenance: async (id, at) => await ask('endMaintenance', id, at),
    maintenance: async ({ from, until }) => await ask('maintenance', { from, until }),
    sessions: async ({ from, until }) => await ask('sessions', { from, until }),
    takeDue: async (request) => await ask('takeDue', request),
    async prune(before) {
      for (let total = 0; ; ) {
        const deleted = await ask('prune', before, SLICE);
        if (deleted === 0) return total;
        total += deleted;
      }
    },
    backup: async (to) => await ask('backup', resolve(to)),
    close: client.close,
  };
}

async function load(ask: Ask, closedSince: number): ReturnType<Store['load']> {
  const targets: TargetMemory[] = [];
  const share = createMemorySharing();
  for (let after = 0; ; ) {
    const { items, next } = await ask('targets', after, SLICE);
    for (const item of items) targets.push(share(item));
    if (next === undefined) break;
    after = Number(next);
  }
  const incidents = [];
  for (const id of await ask('reopenable', closedSince)) {
    const stored = await ask('incident', id);
    if (stored === undefined) continue;
    const { deliveries: _, ...incident } = stored;
    incidents.push(incident);
  }
  const lastSession = await ask('lastSession');
  return {
    targets,
    incidents,
    maintenance: await ask('maintenance', { from: closedSince, until: Number.MAX_SAFE_INTEGER }),
    ...(await ask('apps')),
    ...(lastSession === undefined ? {} : { lastSession }),
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
