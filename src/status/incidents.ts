/**
 * Turns changes of problems into incidents that open, reopen, grow, change and close. If the cause of a fault changes,
 * or the fault comes back within an hour, it stays the same incident. An outage closes only if its targets succeed or
 * are no longer watched. It does not close just because its problem is absent.
 * This file is pure: the daemon passes in each batch of problem changes, stores `updated` and sends `changes`.
 */
import type { Incident, IncidentChange } from '../model/incident.ts';
import type { Problem, ProblemChange } from '../model/status.ts';
import { runAll, type Steps } from '../model/steps.ts';
import { hasSameContent } from '../model/same-content.ts';
import { sortedById } from './affected-mailboxes.ts';
import { changeKind, newIncident, reopened } from './incident-record.ts';
import { mayHaveChanged, release, settled, withPresent } from './incident-review.ts';
import type { IncidentSources } from './incident-sources.ts';
import { createIncidentTable, type Theirs } from './incident-table.ts';
import { isAboutProber, type OpenIncident } from './open-incident.ts';

export interface IncidentNews {
  /** What people are notified of. */
  readonly changes: readonly IncidentChange[];
  /** The incidents that must be stored again. */
  readonly updated: readonly Incident[];
}

/** An incident that was opened before the store could be read, and the stored incident that continues it. */
export interface DuplicateIncident {
  readonly opened: Incident;
  readonly known: Incident;
}

export interface Incidents {
  /**
   * Called for each batch of problem changes. A batch may be empty, because incidents without a problem are reviewed
   * each time.
   */
  readonly take: (changes: readonly ProblemChange[], now: number) => IncidentNews;
  /**
   * Does the same as `take` in short steps. Probes may be recorded between two steps: what they change is taken by the
   * next batch. But no other function of this interface may be called before the last step.
   */
  readonly takeInSteps: (changes: readonly ProblemChange[], now: number) => Steps<IncidentNews>;
  /** Called once at the start, after the targets are restored and before the first batch. */
  readonly restore: (incidents: readonly Incident[], now: number) => void;
  /**
   * Called in place of `restore` if the store could only be read later. Returns the incidents that were opened in the
   * meantime for the same fault as a restored one, each together with the restored incident that continues it.
   */
  readonly restoreLate: (incidents: readonly Incident[], now: number) => readonly DuplicateIncident[];
  /** Called if another replica opened the same incident first. The incident then continues under that replica's id. */
  readonly rename: (from: string, to: string) => void;
  /** Called before targets move to another replica. */
  readonly handOver: (theirs: Theirs) => void;
  /** Records an acknowledgement or a maintenance window. Undefined if this process has no such incident. */
  readonly annotate: (
    id: string,
    marks: Pick<Incident, 'acknowledgement' | 'maintenance'>,
  ) => Incident | undefined;
  /** The open incidents, and those that closed within the last hour. */
  readonly all: () => readonly Incident[];
}

export function createIncidents(sources: IncidentSources): Incidents {
  const table = createIncidentTable(sources);

  const takeInSteps: Incidents['takeInSteps'] = (changes, now) => review(table, sources, changes, now);

  return {
    take: (changes, now) => runAll(takeInSteps(changes, now)),
    takeInSteps,
    restore: (incidents, now) => {
      for (const incident of incidents) table.restore(sorted(incident), now);
    },
    restoreLate: (incidents, now) =>
      openFirst(incidents.map(sorted)).flatMap((incident) => {
        const duplicate = table.findDuplicate(incident, now);
        if (duplicate === undefined) table.restore(incident, now);
        else table.adopt(duplicate, asOpen(incident, duplicate, sources), now);
        return duplicate === undefined ? [] : { opened: duplicate.incident, known: incident };
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

/** See `takeInSteps`. */
function* review(
  table: Table,
  sources: IncidentSources,
  changes: readonly ProblemChange[],
  now: number,
): Steps<IncidentNews> {
  table.forgetClosed(now);
  const before = new Map<string, Incident | undefined>(
    table.open().map(({ incident }) => [incident.id, incident]),
  );
  for (const change of changes) if (change.kind === 'closed') table.unlink(change.before.id);
  const moved = sources.takeMoved();
  for (const one of table.open()) table.put(release(one, moved, sources));
  // Read before the first pause: whether a problem continues an incident depends on who fails at the same time.
  const opened = changes.flatMap((change) =>
    change.kind === 'opened' ? foundOf(change.after, sources) : [],
  );
  for (const found of opened) {
    yield;
    const { id, former } = openFor(found, now, table, sources);
    if (!before.has(id)) before.set(id, former);
  }
  const touched = new Set(changes.map((change) => ('after' in change ? change.after.id : change.before.id)));
  for (const one of table.open()) {
    if (mayHaveChanged(one, touched, now, sources))
      table.put(withPresent(one, now, sources, table.successorOf));
    yield;
  }
  // Incidents close only after all of them are up to date, because one incident may continue as another.
  for (const one of table.open()) {
    const next = table.put(settled(one, now, table.successorOf, sources));
    if (next.incident.state === 'closed') table.close(next.incident);
    yield;
  }
  return yield* newsOf(before, table.find, now);
}

/** A problem that opened, and the targets that failed with it then. */
interface Found {
  readonly problem: Problem;
  readonly failing: readonly string[];
}

function foundOf(problem: Problem, sources: IncidentSources): Found {
  return { problem, failing: sources.failingUnder(problem.id) };
}

/**
 * Links the problem to the incident to which it belongs. If there is none, reopens or creates one. Returns its id, and
 * the closed incident that was reopened.
 */
function openFor(
  { problem, failing }: Found,
  now: number,
  table: Table,
  sources: IncidentSources,
): { readonly id: string; readonly former?: Incident } {
  const advisory = failing.length === 0 && !isAboutProber(problem);
  const known = table.openFor(problem, failing);
  if (known !== undefined) return { id: table.link(known, problem.id).incident.id };
  const former = table.closedFor(problem, advisory, now);
  const incident =
    former === undefined
      ? newIncident(sources.newId(problem.since), problem, advisory, now)
      : reopened(former, problem);
  table.link({ incident, problems: new Set(), held: new Map(), left: new Map(), sourceCount: 0 }, problem.id);
  return { id: incident.id, ...(former === undefined ? {} : { former }) };
}

/** Sorts the affected mailboxes again, because the store may sort ids in another order than this program. */
function sorted(incident: Incident): Incident {
  return { ...incident, affectedMailboxes: sortedById(incident.affectedMailboxes) };
}

function openFirst(incidents: readonly Incident[]): readonly Incident[] {
  return incidents.toSorted((a, b) => Number(a.state === 'closed') - Number(b.state === 'closed'));
}

/**
 * Returns the stored incident as an open one. If it was closed, the problem of `duplicate`, which was opened in the
 * meantime, reopens it.
 */
function asOpen(incident: Incident, duplicate: OpenIncident, { problem }: IncidentSources): Incident {
  const present = incident.state === 'closed' ? problem(duplicate.incident.problem) : undefined;
  return present === undefined ? incident : reopened(incident, present);
}

function* newsOf(
  before: ReadonlyMap<string, Incident | undefined>,
  find: (id: string) => Incident | undefined,
  at: number,
): Steps<IncidentNews> {
  const changes: IncidentChange[] = [];
  const updated: Incident[] = [];
  for (const [id, known] of before) {
    yield;
    const incident = find(id);
    if (incident === undefined || incident === known) continue;
    if (known !== undefined && isEqual(known, incident)) continue;
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
  return hasSameContent(restOfA, restOfB);
}
