/**
 * Incidents as all replicas have written them, read every few seconds where they have changed, and the picture of all of
 * them that any replica shows. Made by `app-share.ts`.
 */
import type { Incident } from './model/incident.ts';
import type { PostgresStore } from './store/postgres-store.ts';

export interface OtherIncidents {
  /** Reads what has changed, and answers with it. Rejects while the store is away. */
  readonly refresh: (closedSince: number) => Promise<readonly Incident[]>;
  /** Of ours, our own mailboxes are as we know them; the others' are as they have written them. */
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
  /** By the two that it was made of, so that one that is the same is the same object. */
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
  // Closed here; others still hold it open.
  const isOpen = own.closed !== undefined && stored.closed === undefined;
  const peakAffected = Math.max(own.peakAffected, stored.peakAffected);
  return { ...(isOpen ? stored : own), affectedMailboxes, peakAffected };
}
