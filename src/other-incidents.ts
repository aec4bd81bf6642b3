/**
 * Merges the incidents of all replicas, so that each replica can show all incidents. Every few seconds, it reads the
 * incidents in the store that have changed. Created by `all-replicas.ts`.
 */
import type { Incident } from './model/incident.ts';
import type { PostgresStore } from './store/postgres-store.ts';

export interface OtherIncidents {
  /** Reads and returns the incidents that have changed since the last call. Rejects while the store is unavailable. */
  readonly refresh: (closedSince: number) => Promise<readonly Incident[]>;
  /**
   * Merges the incidents of this replica with the stored ones. For mailboxes that this replica probes, the state in
   * this replica counts. For other mailboxes, the stored state counts.
   */
  readonly merged: (own: readonly Incident[]) => readonly Incident[];
}

interface Known {
  readonly mark: string;
  readonly incident: Incident;
}

export function createOtherIncidents(
  store: Pick<PostgresStore, 'incidentMarks' | 'incidentsById'>,
  isOurs: (mailbox: string) => boolean,
): OtherIncidents {
  let known = new Map<string, Known>();
  /**
   * Maps an incident of this replica to the stored incident and to the two merged (`whole`). An unchanged incident
   * stays the same object, because `all-news.ts` compares objects to find changes.
   */
  const made = new WeakMap<Incident, { readonly stored: Incident; readonly whole: Incident }>();

  const whole = (own: Incident, stored: Incident): Incident => {
    const before = made.get(own);
    if (before?.stored === stored) return before.whole;
    const joined = join(own, stored, isOurs);
    made.set(own, { stored, whole: joined });
    return joined;
  };

  return {
    refresh: async (closedSince) => {
      const marks = await store.incidentMarks(closedSince);
      const changed = marks.filter(({ id, mark }) => known.get(id)?.mark !== mark).map(({ id }) => id);
      const read = changed.length === 0 ? [] : await store.incidentsById(changed);
      const byId = new Map(read.map((incident) => [incident.id, incident]));
      known = new Map(
        marks.flatMap(({ id, mark }): [string, Known][] => {
          const incident = byId.get(id) ?? known.get(id)?.incident;
          return incident === undefined ? [] : [[id, { mark, incident }]];
        }),
      );
      return read;
    },
    merged: (own) => {
      const ours = new Map(own.map((incident) => [incident.id, incident]));
      const theirs = [...known.values()].filter(({ incident }) => !ours.has(incident.id));
      return [
        ...own.map((incident) => {
          const stored = known.get(incident.id)?.incident;
          return stored === undefined ? incident : whole(incident, stored);
        }),
        ...theirs.map(({ incident }) => incident),
      ];
    },
  };
}

function join(own: Incident, stored: Incident, isOurs: (mailbox: string) => boolean): Incident {
  const theirs = stored.affectedMailboxes.filter(({ id }) => !isOurs(id));
  if (theirs.length === 0) return own;
  const ours = own.affectedMailboxes.filter(({ id }) => isOurs(id));
  const affectedMailboxes = [...ours, ...theirs].sort((a, b) => (a.id < b.id ? -1 : 1));
  // The incident is closed on this replica, but still open on another one.
  const isOpen = own.closed !== undefined && stored.closed === undefined;
  const peakAffected = Math.max(own.peakAffected, stored.peakAffected);
  return { ...(isOpen ? stored : own), affectedMailboxes, peakAffected };
}
