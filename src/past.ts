/**
 * Reads incidents, history and availability from the store. Pending changes are written first, so that the answer is up
 * to date. While the store is unavailable, queries for open incidents, and for one incident that is still in memory,
 * are answered from memory, without deliveries. Any other query fails at once. Created by `remember.ts` for `report/`.
 */
import type { Acknowledgement, Incident } from './model/incident.ts';
import type { IncidentQuery, Page, StoredIncident } from './model/past.ts';
import { StoreError } from './model/store-error.ts';
import type { Past } from './report/source.ts';
import { availabilityBy } from './store/availability-by.ts';
import { conditionsOf } from './store/conditions.ts';
import type { Journal } from './store/journal.ts';
import { selectIncidents } from './store/select-incidents.ts';
import type { Store } from './store/store.ts';

export interface LiveIncidents {
  /** The open incidents, and those that closed recently. */
  readonly all: () => readonly Incident[];
  readonly appOf: (mailbox: string) => string | undefined;
}

export interface PastParts {
  readonly store: Store;
  readonly journal: Pick<Journal, 'flush' | 'state'>;
  readonly live: LiveIncidents;
  /** Called when an acknowledgement was stored. Called with undefined when it was withdrawn. */
  readonly onAcknowledged: (incident: string, acknowledgement: Acknowledgement | undefined) => void;
  readonly now?: () => number;
}

export function createPast({ store, journal, live, onAcknowledged, now = Date.now }: PastParts): Past {
  const refuseWhileAway = (): void => {
    const { failure } = journal.state();
    if (failure !== undefined) throw new StoreError(failure.code, failure.message);
  };
  const upToDate = async (): Promise<void> => {
    refuseWhileAway();
    await journal.flush();
    refuseWhileAway();
  };

  return {
    incidents: async (query) => {
      const ask = async (): Promise<Page<StoredIncident>> => {
        await upToDate();
        return await store.incidents(query);
      };
      if (query.state !== 'open') return await ask();
      return await orFromMemory(ask, () => openIncidents(live, query));
    },
    incident: async (id) => {
      const ask = async (): Promise<StoredIncident | undefined> => {
        await upToDate();
        return await store.incident(id);
      };
      const known = live.all().find((incident) => incident.id === id);
      return known === undefined ? await ask() : await orFromMemory(ask, () => withoutDeliveries(known));
    },
    history: async (query) => {
      await upToDate();
      return await store.history(query);
    },
    conditions: async ({ id, app, labels }, window) => {
      await upToDate();
      const changes = await store.history({ mailbox: id, ...window });
      const watch = { sessions: await store.sessions(window), maintenance: await store.maintenance(window) };
      const targets = [...Map.groupBy(changes, ({ key }) => key).values()];
      return conditionsOf(window, watch, { mailbox: id, app, labels, targets });
    },
    availability: async (window, key) => {
      await upToDate();
      return await availabilityBy(await store.availability(window), key);
    },
    acknowledge: async (id, given) => {
      await upToDate();
      const acknowledgement = { ...given, at: now() };
      const done = await store.acknowledge(id, acknowledgement);
      if (done) onAcknowledged(id, acknowledgement);
      return done ? await store.incident(id) : undefined;
    },
    unacknowledge: async (id) => {
      await upToDate();
      if (await store.unacknowledge(id)) onAcknowledged(id, undefined);
      return await store.incident(id);
    },
  };
}

/** A query that memory can answer waits at most this long for the store. */
const PATIENCE_MS = 1_000;

async function orFromMemory<T>(ask: () => Promise<T>, fromMemory: () => T): Promise<T> {
  const { promise: patience, resolve } = Promise.withResolvers<T>();
  const timer = setTimeout(() => resolve(fromMemory()), PATIENCE_MS).unref();
  const asked = ask().catch((error: unknown) => {
    if (error instanceof StoreError) return fromMemory();
    throw error;
  });
  return await Promise.race([asked, patience]).finally(() => clearTimeout(timer));
}

function openIncidents(live: LiveIncidents, query: IncidentQuery): Page<StoredIncident> {
  const { items, ...rest } = selectIncidents(
    live.all(),
    query,
    (mailbox, app) => live.appOf(mailbox) === app,
  );
  return { items: items.map(withoutDeliveries), ...rest };
}

function withoutDeliveries(incident: Incident): StoredIncident {
  return { ...incident, deliveries: [] };
}
