/**
 * Turns changes of problems into incidents, and stores and counts them. Incidents are written together with the
 * notifications about them. Marks incidents that fall into maintenance windows. Part of `remember.ts`.
 */
import type { Acknowledgement, Incident, IncidentChange } from './model/incident.ts';
import type { OutboxMessage } from './model/memory.ts';
import type { ProblemChange } from './model/status.ts';
import type { MaintenanceWindows } from './maintenance-windows.ts';
import { createIncidentCounts } from './incident-counts.ts';
import { newId } from './new-id.ts';
import type { IncidentCount } from './report/source.ts';
import type { IncidentSources } from './status/incident-sources.ts';
import { closed } from './status/incident-record.ts';
import { createIncidents, type Incidents } from './status/incidents.ts';
import type { Journal } from './store/journal.ts';

export interface IncidentFeedParts {
  readonly sources: Omit<IncidentSources, 'newId'>;
  readonly journal: Pick<Journal, 'note' | 'dropIncident'>;
  readonly maintenance: Pick<MaintenanceWindows, 'overIncident'>;
  /** True if the store could not be read yet. `restoreLate` is called when it has been read. */
  readonly isLate?: boolean;
  /** True if other replicas may open the same incidents. `stored` is then called for each incident that was written. */
  readonly isShared?: boolean;
  /** Returns the notifications about these changes. */
  readonly plan: (changes: readonly IncidentChange[], now: number) => readonly OutboxMessage[];
}

export interface IncidentFeed {
  readonly restore: (incidents: readonly Incident[], now: number) => void;
  /**
   * Like `restore`, but called later, if the store was unavailable at the start. Call this after the states of the
   * targets were restored.
   */
  readonly restoreLate: (incidents: readonly Incident[], now: number) => void;
  /**
   * Continues incidents of mailboxes that moved here from another replica. If this replica has opened the same
   * incident, the two become one.
   */
  readonly gain: (incidents: readonly Incident[], now: number) => void;
  /**
   * Call this when an incident of this replica was written. `kept` is its id in the store, which differs from `id` if
   * another replica opened the same incident first.
   */
  readonly stored: (id: string, kept: string) => void;
  readonly handOver: Incidents['handOver'];
  /** Call this after each round of problem changes, even if a round has none. */
  readonly take: (changes: readonly ProblemChange[], now: number) => readonly IncidentChange[];
  readonly acknowledge: (id: string, acknowledgement: Acknowledgement | undefined) => void;
  /** The open incidents, and those that closed within the last hour. */
  readonly all: () => readonly Incident[];
  readonly counts: () => readonly IncidentCount[];
}

export function createIncidentFeed(parts: IncidentFeedParts): IncidentFeed {
  const { sources, journal, maintenance, plan, isLate = false, isShared = false } = parts;
  const incidents = createIncidents({ ...sources, newId });
  const counts = createIncidentCounts(isLate, isShared);
  const marked = (incident: Incident, now: number): Incident => {
    const marks = newMarksOf(incident, maintenance, now);
    return marks === undefined ? incident : (incidents.annotate(incident.id, marks) ?? incident);
  };

  return {
    restore: incidents.restore,
    stored: (id, kept) => {
      counts.stored(id, kept);
      if (kept !== id) incidents.rename(id, kept);
    },
    handOver: (theirs) => {
      incidents.handOver(theirs);
      counts.keepOnly(new Set(incidents.all().map(({ id }) => id)));
    },
    gain: (known, now) => {
      for (const { opened } of incidents.restoreLate(known, now)) {
        counts.continues(opened.id);
        journal.dropIncident(opened.id);
      }
    },
    restoreLate: (known, now) => {
      const duplicates = incidents.restoreLate(known, now);
      for (const { opened } of duplicates) counts.continues(opened.id);
      counts.storeRead();
      const superseded = duplicates
        .filter(({ opened }) => !journal.dropIncident(opened.id))
        .map((duplicate) => closed(duplicate.opened, now, 'superseded', duplicate.known.id));
      journal.note({ incidents: superseded });
    },
    take: (problemChanges, now) => {
      const { changes, updated } = incidents.take(problemChanges, now);
      const written = new Map(updated.map((incident) => [incident.id, incident]));
      for (const incident of incidents.all()) {
        const next = marked(incident, now);
        if (next !== incident) written.set(next.id, next);
      }
      const announced = changes.map((change): IncidentChange => {
        const incident = written.get(change.incident.id) ?? change.incident;
        return Object.assign({}, change, { incident });
      });
      for (const { kind, incident } of announced) if (kind === 'opened') counts.opened(incident);
      if (written.size > 0) journal.note({ incidents: [...written.values()], outbox: plan(announced, now) });
      return announced;
    },
    acknowledge: (id, acknowledgement) => {
      const known = incidents.all().find((incident) => incident.id === id);
      incidents.annotate(id, {
        ...(known?.maintenance === undefined ? {} : { maintenance: known.maintenance }),
        ...(acknowledgement === undefined ? {} : { acknowledgement }),
      });
    },
    all: incidents.all,
    counts: counts.all,
  };
}

/**
 * Returns the new marks of an incident, or undefined if its maintenance window has not changed. An incident is marked
 * if it opened in a window and is still in one. So overlapping windows count as one long window. A closed incident
 * keeps its mark.
 */
function newMarksOf(
  incident: Incident,
  maintenance: IncidentFeedParts['maintenance'],
  now: number,
): Parameters<Incidents['annotate']>[1] | undefined {
  if (incident.state === 'closed') return undefined;
  const window = maintenance.overIncident(incident, now);
  const isItsOwn =
    window !== undefined &&
    (incident.maintenance !== undefined || maintenance.overIncident(incident, incident.opened) !== undefined);
  const id = isItsOwn ? window.id : undefined;
  if (id === incident.maintenance) return undefined;
  const { acknowledgement } = incident;
  return {
    ...(acknowledgement === undefined ? {} : { acknowledgement }),
    ...(id === undefined ? {} : { maintenance: id }),
  };
}
