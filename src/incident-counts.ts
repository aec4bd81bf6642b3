/**
 * Counts the incidents that opened since this process started, for the metric. An incident that a previous process had
 * already opened does not count. Of several replicas that opened the same incident, only the one that stored it first
 * counts it. Part of `incident-feed.ts`.
 */
import type { Incident } from './model/incident.ts';
import type { IncidentCount } from './report/source.ts';

export interface IncidentCounts {
  /** Counts an incident that opened here, or keeps it until it is known whether another process counted it. */
  readonly opened: (incident: Incident) => void;
  /** Our incident was written. `kept` is its id in the store, which differs if another replica stored it first. */
  readonly stored: (id: string, kept: string) => void;
  /** The incident continues one that another process opened, so it does not count. */
  readonly continues: (id: string) => void;
  /** Forgets the kept incidents that are no longer ours. */
  readonly keepOnly: (ours: ReadonlySet<string>) => void;
  /** Called after a late store was read: whatever is still kept was opened here. */
  readonly storeRead: () => void;
  readonly all: () => readonly IncidentCount[];
}

/** `isLate` and `isShared` as in `IncidentFeedParts`. */
export function createIncidentCounts(isLate: boolean, isShared: boolean): IncidentCounts {
  const counts = new Map<string, IncidentCount>();
  /**
   * Incidents that opened before the store could be read, or that are not stored yet among several replicas. A previous
   * process or another replica may have counted them already.
   */
  let uncounted: Map<string, Incident> | undefined = isLate || isShared ? new Map() : undefined;

  const count = ({ cause, scope, owner }: Incident): void => {
    const key = `${cause} ${scope} ${owner}`;
    counts.set(key, { cause, scope, owner, count: (counts.get(key)?.count ?? 0) + 1 });
  };

  return {
    opened: (incident) => {
      if (uncounted === undefined) count(incident);
      else uncounted.set(incident.id, incident);
    },
    stored: (id, kept) => {
      if (!isShared) return;
      const opened = uncounted?.get(id);
      uncounted?.delete(id);
      if (kept === id && opened !== undefined) count(opened);
    },
    continues: (id) => void uncounted?.delete(id),
    keepOnly: (ours) => {
      for (const id of uncounted?.keys() ?? []) if (!ours.has(id)) uncounted?.delete(id);
    },
    storeRead: () => {
      if (isShared) return;
      for (const incident of uncounted?.values() ?? []) count(incident);
      uncounted = undefined;
    },
    all: () => [...counts.values()],
  };
}
