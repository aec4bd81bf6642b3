/**
 * Counts the incidents that opened since this process started, for the metric. An incident that a previous process had
 * already opened does not count. If several replicas opened the same incident, only the replica that stored it first
 * counts it. Part of `incident-feed.ts`.
 */
import type { Incident } from './model/incident.ts';
import type { IncidentCount } from './report/source.ts';

export interface IncidentCounts {
  /**
   * Counts an incident that opened here. If another process may have counted it already, keeps it uncounted until that
   * is known.
   */
  readonly opened: (incident: Incident) => void;
  /**
   * Call this when an incident of this replica was written. `kept` is its id in the store, which differs from `id` if
   * another replica stored the incident first.
   */
  readonly stored: (id: string, kept: string) => void;
  /** Call this for an incident that another process opened before. Such an incident does not count. */
  readonly continues: (id: string) => void;
  /** Forgets the uncounted incidents that this replica no longer holds. */
  readonly keepOnly: (ours: ReadonlySet<string>) => void;
  /**
   * Call this when a store that was unavailable at the start has been read. The incidents that are still uncounted are
   * not in the store, so this process opened them.
   */
  readonly storeRead: () => void;
  readonly all: () => readonly IncidentCount[];
}

/** `isLate`: the store could not be read yet. `isShared`: other replicas may open the same incidents. */
export function createIncidentCounts(isLate: boolean, isShared: boolean): IncidentCounts {
  const counts = new Map<string, IncidentCount>();
  /**
   * Incidents that a previous process or another replica may have counted already. They stay here until that is known.
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
