/**
 * Keeps the incidents across restarts and replicas, and counts them. Changes of problems become incidents in the rounds
 * of `incident-rounds.ts`. Part of `remember.ts`.
 */
import type { Acknowledgement, Incident, IncidentChange } from './model/incident.ts';
import type { ProblemChange } from './model/status.ts';
import { runAll, type Steps } from './model/steps.ts';
import { createIncidentCounts } from './incident-counts.ts';
import { createIncidentRounds, type IncidentRoundParts } from './incident-rounds.ts';
import { newId } from './new-id.ts';
import type { IncidentCount } from './report/source.ts';
import type { IncidentSources } from './status/incident-sources.ts';
import { closed } from './status/incident-record.ts';
import { createIncidents, type Incidents } from './status/incidents.ts';
import type { Journal } from './store/journal.ts';

export interface IncidentFeedParts extends Pick<IncidentRoundParts, 'maintenance' | 'plan'> {
  readonly sources: Omit<IncidentSources, 'newId'>;
  readonly journal: Pick<Journal, 'note' | 'dropIncident'>;
  /** True if the store could not be read yet. `restoreLate` is called when it has been read. */
  readonly isLate?: boolean;
  /** True if other replicas may open the same incidents. `stored` is then called for each incident that was written. */
  readonly isShared?: boolean;
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
  /**
   * Does the same as `take` in short steps. Between two steps, the other functions may be called: those that change
   * incidents first do the remaining steps, and `all` returns the incidents as they were before the first.
   */
  readonly takeInSteps: (changes: readonly ProblemChange[], now: number) => Steps<readonly IncidentChange[]>;
  /** Does the remaining steps of a round that is under way. */
  readonly complete: () => void;
  readonly acknowledge: (id: string, acknowledgement: Acknowledgement | undefined) => void;
  /** The open incidents, and those that closed within the last hour. */
  readonly all: () => readonly Incident[];
  readonly counts: () => readonly IncidentCount[];
}

export function createIncidentFeed(parts: IncidentFeedParts): IncidentFeed {
  const { sources, journal, isLate = false, isShared = false } = parts;
  const incidents = createIncidents({ ...sources, newId });
  const counts = createIncidentCounts(isLate, isShared);
  const rounds = createIncidentRounds({ ...parts, incidents, onOpened: counts.opened });

  return {
    restore: (known, now) => {
      rounds.complete();
      incidents.restore(known, now);
    },
    stored: (id, kept) => {
      counts.stored(id, kept);
      if (kept === id) return;
      rounds.complete();
      incidents.rename(id, kept);
    },
    handOver: (theirs) => {
      rounds.complete();
      incidents.handOver(theirs);
      counts.keepOnly(new Set(incidents.all().map(({ id }) => id)));
    },
    gain: (known, now) => {
      rounds.complete();
      for (const { opened } of incidents.restoreLate(known, now)) {
        counts.continues(opened.id);
        journal.dropIncident(opened.id);
      }
    },
    restoreLate: (known, now) => {
      rounds.complete();
      const duplicates = incidents.restoreLate(known, now);
      for (const { opened } of duplicates) counts.continues(opened.id);
      counts.storeRead();
      const superseded = duplicates
        .filter(({ opened }) => !journal.dropIncident(opened.id))
        .map((duplicate) => closed(duplicate.opened, now, 'superseded', duplicate.known.id));
      journal.note({ incidents: superseded });
    },
    take: (changes, now) => runAll(rounds.begin(changes, now)),
    takeInSteps: rounds.begin,
    complete: rounds.complete,
    acknowledge: (id, acknowledgement) => {
      rounds.complete();
      const known = incidents.all().find((incident) => incident.id === id);
      incidents.annotate(id, {
        ...(known?.maintenance === undefined ? {} : { maintenance: known.maintenance }),
        ...(acknowledgement === undefined ? {} : { acknowledgement }),
      });
    },
    all: rounds.shown,
    counts: counts.all,
  };
}
