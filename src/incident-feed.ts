/**
 * Turns changes of problems into incidents, and has them stored, counted and announced. The incidents of one batch of
 * changes are written together with the messages about them. Marks incidents that fall into maintenance. Part of
 * `remember.ts`.
 */
import type { Acknowledgement, Incident, IncidentChange } from './model/incident.ts';
import type { OutboxMessage } from './model/memory.ts';
import type { ProblemChange } from './model/status.ts';
import type { MaintenanceWindows } from './maintenance-windows.ts';
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
  /** True if the store could not be read yet. `restoreLate` is then called once it was read. */
  readonly isLate?: boolean;
  /** True if other replicas may open the same incidents. `stored` is then called for each incident that was written. */
  readonly isShared?: boolean;
  /** Returns the messages about these changes, which are written with them. */
  readonly plan: (changes: readonly IncidentChange[], now: number) => readonly OutboxMessage[];
}

export interface IncidentFeed {
  readonly restore: (incidents: readonly Incident[], now: number) => void;
  /**
   * The same as `restore`, for a store that could not be read at the start. Must be called after the states are
   * restored.
   */
  readonly restoreLate: (incidents: readonly Incident[], now: number) => void;
  /**
   * Continues incidents of mailboxes that moved here from another replica. If both replicas opened the same incident,
   * the store merges them.
   */
  readonly gain: (incidents: readonly Incident[], now: number) => void;
  /**
   * Called when an incident of ours was written. `kept` is its id in the store, which differs from `id` if another
   * replica opened the same incident first.
   */
  readonly stored: (id: string, kept: string) => void;
  readonly handOver: Incidents['handOver'];
  /** Called after each batch of problem changes, even an empty one. */
  readonly take: (changes: readonly ProblemChange[], now: number) => readonly IncidentChange[];
  readonly acknowledge: (id: string, acknowledgement: Acknowledgement | undefined) => void;
  /** The open incidents, and those that closed within the last hour. */
  readonly all: () => readonly Incident[];
  /**
   * Counts the incidents that opened since this process started. An incident that a previous process had already opened
   * does not count. Of several replicas that opened the same incident, only the one that stored it first counts it.
   */
  readonly counts: () => readonly IncidentCount[];
}

export function createIncidentFeed(parts: IncidentFeedParts): IncidentFeed {
  const { sources, journal, maintenance, plan, isLate = false, isShared = false } = parts;
  const incidents = createIncidents({ ...sources, newId });
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

  /**
   * Marks an incident with the maintenance window that covers it. An incident that opens in a window stays marked while
   * it is in any window, so that overlapping windows count as one long one. The mark also stays if the incident closes
   * in a window.
   */
  const mark = (incident: Incident, now: number): Incident => {
    if (incident.state === 'closed') return incident;
    const window = maintenance.overIncident(incident, now);
    const isItsOwn =
      window !== undefined &&
      (incident.maintenance !== undefined ||
        maintenance.overIncident(incident, incident.opened) !== undefined);
    const id = isItsOwn ? window.id : undefined;
    if (id === incident.maintenance) return incident;
    const { acknowledgement } = incident;
    const marks = {
      ...(acknowledgement === undefined ? {} : { acknowledgement }),
      ...(id === undefined ? {} : { maintenance: id }),
    };
    return incidents.annotate(incident.id, marks) ?? incident;
  };

  return {
    restore: incidents.restore,
    stored: (id, kept) => {
      const opened = uncounted?.get(id);
      if (isShared) uncounted?.delete(id);
      if (kept !== id) incidents.rename(id, kept);
      else if (isShared && opened !== undefined) count(opened);
    },
    handOver: (theirs) => {
      incidents.handOver(theirs);
      const ours = new Set(incidents.all().map(({ id }) => id));
      for (const id of uncounted?.keys() ?? []) if (!ours.has(id)) uncounted?.delete(id);
    },
    gain: (known, now) => {
      for (const { opened } of incidents.restoreLate(known, now)) {
        uncounted?.delete(opened.id);
        journal.dropIncident(opened.id);
      }
    },
    restoreLate: (known, now) => {
      const twins = incidents.restoreLate(known, now);
      for (const { opened } of twins) uncounted?.delete(opened.id);
      if (!isShared) {
        for (const incident of uncounted?.values() ?? []) count(incident);
        uncounted = undefined;
      }
      const superseded = twins
        .filter(({ opened }) => !journal.dropIncident(opened.id))
        .map((twin) => closed(twin.opened, now, 'superseded', twin.known.id));
      journal.note({ incidents: superseded });
    },
    take: (problemChanges, now) => {
      const { changes, updated } = incidents.take(problemChanges, now);
      const written = new Map(updated.map((incident) => [incident.id, incident]));
      for (const incident of incidents.all()) {
        const marked = mark(incident, now);
        if (marked !== incident) written.set(marked.id, marked);
      }
      const announced = changes.map((change): IncidentChange => {
        const incident = written.get(change.incident.id) ?? change.incident;
        return Object.assign({}, change, { incident });
      });
      for (const { kind, incident } of announced) {
        if (kind !== 'opened') continue;
        if (uncounted === undefined) count(incident);
        else uncounted.set(incident.id, incident);
      }
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
    counts: () => [...counts.values()],
  };
}
