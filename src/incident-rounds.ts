/**
 * Turns changes of problems into incidents, in rounds. A round stores the incidents that changed together with the
 * notifications about them, and marks those that fall into maintenance windows. Part of `incident-feed.ts`.
 */
import type { Incident, IncidentChange } from './model/incident.ts';
import type { OutboxMessage } from './model/memory.ts';
import type { ProblemChange } from './model/status.ts';
import { type SharedSteps, shareSteps, type Steps } from './model/steps.ts';
import type { MaintenanceWindows } from './maintenance-windows.ts';
import type { Incidents } from './status/incidents.ts';
import type { Journal } from './store/journal.ts';

export interface IncidentRoundParts {
  readonly incidents: Pick<Incidents, 'takeInSteps' | 'annotate' | 'all'>;
  readonly journal: Pick<Journal, 'note'>;
  readonly maintenance: Pick<MaintenanceWindows, 'overIncident'>;
  /** Returns the notifications about these changes. */
  readonly plan: (changes: readonly IncidentChange[], now: number) => readonly OutboxMessage[];
  readonly onOpened: (incident: Incident) => void;
}

export interface IncidentRounds {
  /** Completes the round before it, does the first step of the next one, and returns the others. */
  readonly begin: (changes: readonly ProblemChange[], now: number) => Steps<readonly IncidentChange[]>;
  /** Does the remaining steps of a round that is under way. Call this before anything else changes an incident. */
  readonly complete: () => void;
  /** Returns the incidents. While a round is under way, returns them as they were before it. */
  readonly shown: () => readonly Incident[];
}

export function createIncidentRounds(parts: IncidentRoundParts): IncidentRounds {
  const { all } = parts.incidents;
  let latest: SharedSteps<readonly IncidentChange[]> | undefined;
  let before: readonly Incident[] = [];
  const complete = (): void => latest?.complete();

  return {
    begin(changes, now) {
      complete();
      before = all();
      latest = shareSteps(review(parts, changes, now));
      return latest.remaining();
    },
    complete,
    shown: () => (latest?.isDone() === false ? before : all()),
  };
}

function* review(
  parts: IncidentRoundParts,
  problemChanges: readonly ProblemChange[],
  now: number,
): Steps<readonly IncidentChange[]> {
  const { incidents, journal, plan, onOpened } = parts;
  const { changes, updated } = yield* incidents.takeInSteps(problemChanges, now);
  const written = new Map(updated.map((incident) => [incident.id, incident]));
  for (const incident of incidents.all()) {
    const next = markedBy(parts, incident, now);
    if (next !== incident) written.set(next.id, next);
    yield;
  }
  const announced = changes.map((change): IncidentChange => {
    const incident = written.get(change.incident.id) ?? change.incident;
    return Object.assign({}, change, { incident });
  });
  for (const { kind, incident } of announced) if (kind === 'opened') onOpened(incident);
  if (written.size > 0) journal.note({ incidents: [...written.values()], outbox: plan(announced, now) });
  return announced;
}

function markedBy({ incidents, maintenance }: IncidentRoundParts, incident: Incident, now: number): Incident {
  const marks = newMarksOf(incident, maintenance, now);
  return marks === undefined ? incident : (incidents.annotate(incident.id, marks) ?? incident);
}

/**
 * Returns the new marks of an incident, or undefined if its maintenance window has not changed. An incident is marked
 * if it opened in a window and is still in one. So overlapping windows count as one long window. A closed incident
 * keeps its mark.
 */
function newMarksOf(
  incident: Incident,
  maintenance: IncidentRoundParts['maintenance'],
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
