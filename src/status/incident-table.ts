/**
 * Keeps the open incidents and those that closed within the last hour, and finds the incident to which a problem
 * belongs.
 */
import type { Incident } from '../model/incident.ts';
import type { Problem } from '../model/status.ts';
import { isWithinHour } from './affected-mailboxes.ts';
import { continuedBy, isDuplicate, reopenedBy } from './incident-matches.ts';
import type { IncidentSources, WatchedTarget } from './incident-sources.ts';
import { isAboutProber, type OpenIncident } from './open-incident.ts';

/** The mailboxes and apps that another replica takes over. */
export interface Theirs {
  readonly mailbox: (id: string) => boolean;
  readonly app: (id: string) => boolean;
}

export interface IncidentTable {
  readonly open: () => readonly OpenIncident[];
  readonly closed: () => readonly Incident[];
  readonly openOne: (id: string) => OpenIncident | undefined;
  readonly closedOne: (id: string) => Incident | undefined;
  readonly find: (id: string) => Incident | undefined;
  readonly put: (one: OpenIncident) => OpenIncident;
  readonly close: (incident: Incident) => void;
  readonly restore: (incident: Incident, now: number) => void;
  /** Returns the incident that was opened for the same fault before `known` was read from the store. */
  readonly findDuplicate: (known: Incident, now: number) => OpenIncident | undefined;
  /** Replaces `duplicate`, which was opened in the meantime, by the incident `known` from the store. */
  readonly adopt: (duplicate: OpenIncident, known: Incident, now: number) => void;
  /** Changes the id of an incident. If an incident with the id `to` is open here as well, the two become one. */
  readonly rename: (from: string, to: string) => void;
  /**
   * Removes these mailboxes and apps from all incidents, because another replica takes them over. They do not count as
   * recovered, and their incidents do not close.
   */
  readonly handOver: (isTheirs: Theirs) => void;
  readonly forgetClosed: (now: number) => void;
  readonly link: (one: OpenIncident, problem: string) => OpenIncident;
  /** Removes a problem that is no longer open from its incident. */
  readonly unlink: (problem: string) => void;
  /**
   * Returns the open incident that the problem continues. Either the problem is its current one, or a target that fails
   * with the problem holds it open.
   */
  readonly openFor: (problem: Problem, failing: readonly string[]) => OpenIncident | undefined;
  /** Returns the incident that the problem reopens. It closed within the last hour. */
  readonly closedFor: (problem: Problem, advisory: boolean, now: number) => Incident | undefined;
  /** Returns the id of another open incident to which the failure of the target belongs. Undefined if there is none. */
  readonly successorOf: (one: OpenIncident, key: string) => string | undefined;
}

type Sources = Pick<IncidentSources, 'problem' | 'problemsOf' | 'target' | 'targetsOf'>;

export function createIncidentTable(sources: Sources): IncidentTable {
  const rows: Rows = { open: new Map(), recent: new Map(), byProblem: new Map() };
  const { open, recent, byProblem } = rows;
  const mailboxOf = (key: string): string => sources.target(key)?.mailbox ?? '';

  return {
    open: () => [...open.values()],
    closed: () => [...recent.values()],
    openOne: (id) => open.get(id),
    closedOne: (id) => recent.get(id),
    find: (id) => open.get(id)?.incident ?? recent.get(id),
    put: (one) => put(rows, one),
    close: (incident) => {
      open.delete(incident.id);
      recent.set(incident.id, incident);
    },
    restore: (incident, now) => {
      if (incident.state === 'closed') recent.set(incident.id, incident);
      else put(rows, restored(incident, sources, now));
    },
    findDuplicate: (known, now) => [...open.values()].find((one) => isDuplicate(known, one, now)),
    adopt: (duplicate, known, now) => {
      open.delete(duplicate.incident.id);
      put(rows, { ...duplicate, incident: known, sourceCount: 0, restored: { at: now, isFound: true } });
      for (const id of duplicate.problems) byProblem.set(id, known.id);
    },
    rename: (from, to) => rename(rows, from, to),
    handOver: (theirs) => handOver(rows, theirs, mailboxOf),
    forgetClosed: (now) => {
      for (const [id, { closed = now }] of recent) if (!isWithinHour(closed, now)) recent.delete(id);
    },
    link: (one, id) => {
      byProblem.set(id, one.incident.id);
      recent.delete(one.incident.id);
      const found = one.restored === undefined ? {} : { restored: { ...one.restored, isFound: true } };
      return put(rows, { ...one, problems: new Set([...one.problems, id]), ...found });
    },
    unlink: (id) => {
      const one = open.get(byProblem.get(id) ?? '');
      byProblem.delete(id);
      if (one !== undefined)
        put(rows, { ...one, problems: new Set([...one.problems].filter((its) => its !== id)) });
    },
    openFor: (of, failing) => continuedBy(of, failing, open.values()),
    closedFor: (of, advisory, now) => reopenedBy(of, advisory, recent.values(), now),
    successorOf: ({ incident }, key) =>
      sources
        .problemsOf(key)
        .filter((id) => sources.problem(id)?.scope !== 'prober')
        .flatMap((id) => byProblem.get(id) ?? [])
        .filter((id) => id !== incident.id)
        .toSorted()[0],
  };
}

interface Rows {
  readonly open: Map<string, OpenIncident>;
  /** Incidents that closed within the last hour. */
  readonly recent: Map<string, Incident>;
  /** Key: id of an open problem. Value: id of the incident to which the problem belongs. */
  readonly byProblem: Map<string, string>;
}

function put({ open }: Rows, one: OpenIncident): OpenIncident {
  open.set(one.incident.id, one);
  return one;
}

function restored(incident: Incident, sources: Sources, now: number): OpenIncident {
  const failing = isAboutProber(incident) || incident.advisory ? [] : holding(incident, sources);
  return {
    incident,
    problems: new Set(),
    held: new Map(failing.map(({ key, watchedSince }) => [key, watchedSince])),
    left: new Map(),
    sourceCount: 0,
    restored: { at: now, isFound: false },
  };
}

function rename(rows: Rows, from: string, to: string): void {
  const { open, recent, byProblem } = rows;
  const closed = recent.get(from);
  recent.delete(from);
  if (closed !== undefined && !open.has(to)) recent.set(to, { ...closed, id: to });
  const one = open.get(from);
  if (one === undefined) return;
  open.delete(from);
  recent.delete(to);
  for (const id of one.problems) byProblem.set(id, to);
  const other = open.get(to);
  const incident = other?.incident ?? { ...one.incident, id: to };
  const problems = new Set([...one.problems, ...(other?.problems ?? [])]);
  const held = new Map([...one.held, ...(other?.held ?? [])]);
  // The count of 0 makes the next review compute the holders of all mailboxes.
  put(rows, { ...one, ...other, incident, problems, held, sourceCount: 0 });
}

function handOver(rows: Rows, theirs: Theirs, mailboxOf: (key: string) => string): void {
  const { open, recent, byProblem } = rows;
  for (const incident of recent.values()) if (isTheirs(incident, theirs)) recent.delete(incident.id);
  for (const one of open.values()) {
    if (isTheirs(one.incident, theirs)) {
      open.delete(one.incident.id);
      for (const id of one.problems) byProblem.delete(id);
      continue;
    }
    const affectedMailboxes = one.incident.affectedMailboxes.filter(({ id }) => !theirs.mailbox(id));
    const held = [...one.held].filter(([key]) => !theirs.mailbox(mailboxOf(key)));
    put(rows, { ...one, incident: { ...one.incident, affectedMailboxes }, held: new Map(held) });
  }
}

function isTheirs({ scope, subject, affectedMailboxes }: Incident, theirs: Theirs): boolean {
  if (affectedMailboxes.length > 0) return affectedMailboxes.every(({ id }) => theirs.mailbox(id));
  return scope === 'app' && theirs.app(subject);
}

/**
 * Returns the targets that hold a restored incident, without those that are up. If the incident records no targets, all
 * targets of its mailboxes hold it.
 */
function holding(
  { affectedMailboxes, alsoHeldBy = [] }: Incident,
  { target, targetsOf }: Sources,
): readonly WatchedTarget[] {
  const open = affectedMailboxes.filter(({ until }) => until === undefined);
  const isRemembered = alsoHeldBy.length > 0 || open.some(({ protocols }) => protocols !== undefined);
  const own = open.flatMap(({ id, protocols = [] }) =>
    targetsOf(id).filter(({ protocol }) => !isRemembered || protocols.includes(protocol)),
  );
  const others = alsoHeldBy.flatMap((key) => target(key) ?? []);
  return [...own, ...others].filter(({ isUp }) => !isUp);
}
