/**
 * Answers questions about the past from the store, up to date: what is not written yet is written first. While the store
 * is away they are refused at once. Made by the daemon for `report/`.
 */
import type { Acknowledgement } from './model/incident.ts';
import { StoreError } from './model/store-error.ts';
import type { Past } from './report/source.ts';
import { availabilityBy } from './store/availability-by.ts';
import type { Journal } from './store/journal.ts';
import type { Store } from './store/store.ts';

export interface PastParts {
  readonly store: Store;
  readonly journal: Pick<Journal, 'flush' | 'state'>;
  /** It is on the disk. Undefined: it was taken back. */
  readonly onAcknowledged: (incident: string, acknowledgement: Acknowledgement | undefined) => void;
  readonly now?: () => number;
}

export function createPast({ store, journal, onAcknowledged, now = Date.now }: PastParts): Past {
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
      await upToDate();
      return await store.incidents(query);
    },
    incident: async (id) => {
      await upToDate();
      return await store.incident(id);
    },
    history: async (query) => {
      await upToDate();
      return await store.history(query);
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
