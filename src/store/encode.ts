/**
 * Turns changes into rows of texts and numbers. Redacts every text that comes from a server or a person. Runs in the
 * main thread, because a text is cheaper to pass to the worker thread than an object with a hundred members.
 */
import type { AffectedMailbox, Incident } from '../model/incident.ts';
import type { Changes, MaintenanceWindow, OutboxMessage, Settlement, TargetMemory } from '../model/memory.ts';

export type TargetRow = Omit<TargetMemory, 'labels' | 'failuresByCause' | 'history' | 'course'> & {
  readonly labels: string;
  readonly byCause: string;
  /** Absent if no failure of the target is remembered. */
  readonly history: string | undefined;
  readonly course: string | undefined;
};

type InDetail = 'formerCauses' | 'spells' | 'recovering' | 'alsoHeldBy' | 'diagnosis';
export type IncidentDetail = Pick<Incident, InDetail>;
export type IncidentRow = Omit<Incident, InDetail | 'affectedMailboxes' | 'acknowledgement'> & {
  readonly detail: string;
  readonly affected: readonly AffectedMailbox[];
};

export interface AppRow {
  readonly app: string;
  readonly json: string;
}

export interface Rows extends Pick<Changes, 'stateChanges' | 'session' | 'maintenance'> {
  readonly targets: readonly TargetRow[];
  readonly incidents: readonly IncidentRow[];
  readonly outbox: readonly OutboxMessage[];
  readonly settlements: readonly Settlement[];
  readonly credentials: readonly AppRow[];
  readonly tokens: readonly AppRow[];
}

type Redact = (text: string) => string;

export function encode(changes: Changes, redact: Redact): Rows {
  const { stateChanges, maintenance, session } = changes;
  const json = (value: unknown): string => redact(JSON.stringify(value));
  return {
    targets: changes.targets.map((target) => targetRow(target, json)),
    stateChanges,
    incidents: changes.incidents.map((incident) => incidentRow(incident, redact, json)),
    outbox: changes.outbox.map((message) => ({ ...message, body: redact(message.body) })),
    settlements: changes.settlements.map((settlement) =>
      settlement.detail === undefined ? settlement : { ...settlement, detail: redact(settlement.detail) },
    ),
    maintenance: maintenance.map((window) => redactedWindow(window, redact)),
    credentials: changes.credentials.map(({ app, status }) => ({ app, json: json(status) })),
    tokens: changes.tokens.map(({ app, state }) => ({ app, json: json(state) })),
    ...(session === undefined ? {} : { session }),
  };
}

export function redactedWindow(window: MaintenanceWindow, redact: Redact): MaintenanceWindow {
  return { ...window, by: redact(window.by), note: redact(window.note) };
}

function targetRow(target: TargetMemory, json: (value: unknown) => string): TargetRow {
  const { labels, failuresByCause, history, course, ...rest } = target;
  return {
    ...rest,
    labels: JSON.stringify(labels),
    byCause: JSON.stringify(failuresByCause),
    history: history.length === 0 ? undefined : json(history),
    course: course && json(course),
  };
}

function incidentRow(incident: Incident, redact: Redact, json: (value: unknown) => string): IncidentRow {
  const {
    formerCauses,
    spells,
    recovering,
    alsoHeldBy,
    diagnosis,
    affectedMailboxes,
    acknowledgement: _,
    ...rest
  } = incident;
  const detail: IncidentDetail = {
    formerCauses,
    spells,
    diagnosis,
    ...(recovering === undefined ? {} : { recovering }),
    ...(alsoHeldBy === undefined ? {} : { alsoHeldBy }),
  };
  return { ...rest, title: redact(rest.title), detail: json(detail), affected: affectedMailboxes };
}
