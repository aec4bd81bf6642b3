/**
 * Which incidents are there? Turns changes of problems into incidents that open, reopen, grow, change and close. One
 * incident outlives its problems: a fault whose cause changes, or that comes back within an hour, stays one incident.
 * An outage closes after successes, or when its targets are no longer watched; never just because its problem is
 * absent. Pure: the daemon passes in each batch of problem changes, stores `updated` and sends `changes`.
 */
import type { Incident, IncidentChange } from '../model/incident.ts';
import type { Problem, ProblemChange } from '../model/status.ts';
import { changeKind, newIncident, reopened } from './incident-record.ts';
import { mayHaveChanged, release, settled, withPresent } from './incident-review.ts';
import type { IncidentSources } from './incident-sources.ts';
import { createIncidentTable, type Theirs } from './incident-table.ts';
import { isAboutProber, type OpenIncident } from './open-incident.ts';

export interface IncidentNews {
  /** What people are notified of. */
  readonly changes: readonly IncidentChange[];
  /** Every incident that must be stored again. */
  readonly updated: readonly Incident[];
}

/** An incident that was opened before the store could be read, and the stored one that continues it. */
export interface Twin {
  readonly opened: Incident;
  readonly known: Incident;
}

export interface Incidents {
  /**
   * Called for each batch of problem changes, even an empty one: incidents without a problem are reviewed every time.
   */
  readonly take: (changes: readonly ProblemChange[], now: number) => IncidentNews;
  /** Called at the start, after the targets are restored and before the first batch. */
  readonly restore: (incidents: readonly Incident[], now: number) => void;
  /**
   * The same as `restore`, if the store could be read only later. Returns the incidents that were opened meanwhile for
   * the fault of a restored one, each with the restored incident that continues it.
   */
  readonly restoreLate: (incidents: readonly Incident[], now: number) => readonly Twin[];
  /** Called if another replica opened the same incident first. This one continues under the id of that one. */
  readonly rename: (from: string, to: string) => void;
  /** Called before targets move to another replica. */
  readonly handOver: (theirs: Theirs) => void;
  /** Records an acknowledgement or a maintenance window. Undefined if the incident is not kept here. */
  readonly annotate: (
    id: string,
    marks: Pick<Incident, 'acknowledgement' | 'maintenance'>,
  ) => Incident | undefined;
  /** The open incidents, and those that closed within the last hour. */
  readonly all: () => readonly Incident[];
}

export function createIncidents(sources: IncidentSources): Incidents {
  const table = createIncidentTable(sources);

  const take = (changes: readonly ProblemChange[], now: number): IncidentNews => {
    table.forgetClosed(now);
    const before = new Map<string, Incident | undefined>(
      table.open().map(({ incident }) => [incident.id, incident]),
    );
    for (const change of changes) if (change.kind === 'closed') table.unlink(change.before.id);
    for (const one of table.open()) table.put(release(one, sources));
    for (const change of changes) {
      if (change.kind !== 'opened') continue;
      const recent = new Map(table.closed().map((incident) => [incident.id, incident]));
      const { incident } = openFor(change.after, now, table, sources);
      if (!before.has(incident.id)) before.set(incident.id, recent.get(incident.id));
    }
    const touched = new Set(
      changes.map((change) => ('after' in change ? change.after.id : change.before.id)),
    );
    for (const one of table.open())
      if (mayHaveChanged(one, touched, now, sources)) table.put(withPresent(one, now, sources, table.heirOf));
    // Incidents are closed only after all are up to date, because one incident may continue as another.
    for (const one of table.open()) {
      const next = table.put(settled(one, now, table.heirOf, sources));
      if (next.incident.state === 'closed') table.close(next.incident);
    }
    return newsOf(before, table.find, now);
  };

  return {
    take,
    restore: (incidents, now) => {
      for (const incident of incidents) table.restore(incident, now);
    },
    restoreLate: (incidents, now) =>
      openFirst(incidents).flatMap((incident) => {
        const twin = table.takeTwin(incident, now);
        if (twin === undefined) table.restore(incident, now);
        else table.adopt(twin, asOpen(incident, twin, sources), now);
        return twin === undefined ? [] : { opened: twin.incident, known: incident };
      }),
    rename: table.rename,
    handOver: table.handOver,
    annotate: (id, marks) => {
      const one = table.openOne(id);
      const known = one?.incident ?? table.closedOne(id);
      if (known === undefined) return undefined;
      const { acknowledgement: _acknowledgement, maintenance: _maintenance, ...rest } = known;
      const incident = { ...rest, ...marks };
      if (one === undefined) table.close(incident);
      else table.put({ ...one, incident });
      return incident;
    },
    all: () => [...table.open().map(({ incident }) => incident), ...table.closed()],
  };
}

type Table = ReturnType<typeof createIncidentTable>;

/** Finds, reopens or creates the incident that the problem belongs to from now on. */
function openFor(problem: Problem, now: number, table: Table, sources: IncidentSources): OpenIncident {
  const failing = sources.failingUnder(problem.id);
  const advisory = failing.length === 0 && !isAboutProber(problem);
  const known = table.openFor(problem, failing);
  if (known !== undefined) return table.link(known, problem.id);
  const former = table.closedFor(problem, advisory, now);
  const incident =
    former === undefined
      ? newIncident(sources.newId(problem.since), problem, advisory, now)
      : reopened(former, problem);
  return table.link(
    { incident, problems: new Set(), held: new Map(), left: new Map(), sourceCount: 0 },
    problem.id,
  );
}

function openFirst(incidents: readonly Incident[]): readonly Incident[] {
  return incidents.toSorted((a, b) => Number(a.state === 'closed') - Number(b.state === 'closed'));
}

/**
 * Returns the stored incident, open. If it had closed recently, the problem of the one that was opened meanwhile
 * reopens it.
 */
function asOpen(incident: Incident, twin: OpenIncident, { problem }: IncidentSources): Incident {
  const present = incident.state === 'closed' ? problem(twin.incident.problem) : undefined;
  return present === undefined ? incident : reopened(incident, present);
}

function newsOf(
  before: ReadonlyMap<string, Incident | undefined>,
  find: (id: string) => Incident | undefined,
  at: number,
): IncidentNews {
  const changes: IncidentChange[] = [];
  const updated: Incident[] = [];
  for (const [id, known] of before) {
    const incident = find(id);
    if (incident === undefined || (known !== undefined && isEqual(known, incident))) continue;
    updated.push(incident);
    const kind = changeKind(known, incident);
    if (kind !== undefined)
      changes.push({ kind, at, incident, ...(known === undefined ? {} : { before: known }) });
  }
  return { changes, updated };
}

function isEqual(a: Incident, b: Incident): boolean {
  if (a.affectedMailboxes !== b.affectedMailboxes) return false;
  const { affectedMailboxes: _a, ...restOfA } = a;
  const { affectedMailboxes: _b, ...restOfB } = b;
  return JSON.stringify(restOfA) === JSON.stringify(restOfB);
}
