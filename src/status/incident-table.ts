/**
 * Keeps the open incidents and those that closed within the last hour, and finds the incident to which a problem
 * belongs. `incidents.ts` uses it and decides how each incident continues.
 */
import type { Incident } from '../model/incident.ts';
import type { Problem } from '../model/status.ts';
import { affectedNow, isWithinHour } from './affected-mailboxes.ts';
import type { IncidentSources, WatchedTarget } from './incident-sources.ts';

export interface OpenIncident {
  readonly incident: Incident;
  /** Ids of its open problems. Empty while it only waits for its targets to recover. */
  readonly problems: ReadonlySet<string>;
  /** Targets that failed because of it and were not confirmed up since: key → when their watch began. */
  readonly held: ReadonlyMap<string, number>;
  /** Targets that no longer hold it, and why. */
  readonly left: ReadonlyMap<string, 'up' | 'gone'>;
  /** How many sources reported its problems at the last review. */
  readonly sourceCount: number;
  /** Set if it was open before this process started. */
  readonly restored?: Restored;
}

export interface Restored {
  readonly at: number;
  /** One of its problems was found again since the restart. */
  readonly isFound: boolean;
}

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
  /** When an incident is read from the store late, returns the one that was opened for the same fault meanwhile. */
  readonly takeTwin: (known: Incident, now: number) => OpenIncident | undefined;
  /** Continues the incident from the store in place of the one opened meanwhile. */
  readonly adopt: (twin: OpenIncident, known: Incident, now: number) => void;
  /** The incident has another id from now on. If that id is known here as well, the two become one. */
  readonly rename: (from: string, to: string) => void;
  /**
   * Removes these mailboxes and apps from all incidents, because another replica reports on them: they are neither
   * recovered nor closed.
   */
  readonly handOver: (isTheirs: Theirs) => void;
  readonly forgetClosed: (now: number) => void;
  readonly link: (one: OpenIncident, problem: string) => OpenIncident;
  /** The problem is no longer open. */
  readonly unlink: (problem: string) => void;
  /** The open incident that the problem continues: its own, or one that shares a failing target with it. */
  readonly openFor: (problem: Problem, failing: readonly string[]) => OpenIncident | undefined;
  /** The incident that closed within the last hour and that this problem reopens. */
  readonly closedFor: (problem: Problem, advisory: boolean, now: number) => Incident | undefined;
  /** Id of another open incident that the target's failure is part of. */
  readonly heirOf: (one: OpenIncident, key: string) => string | undefined;
}

type Sources = Pick<IncidentSources, 'problem' | 'problemsOf' | 'target' | 'targetsOf'>;

export function createIncidentTable(sources: Sources): IncidentTable {
  const { problem, problemsOf, target } = sources;
  const open = new Map<string, OpenIncident>();
  const recent = new Map<string, Incident>();
  const byProblem = new Map<string, string>();

  const put = (one: OpenIncident): OpenIncident => {
    open.set(one.incident.id, one);
    return one;
  };

  return {
    open: () => [...open.values()],
    closed: () => [...recent.values()],
    openOne: (id) => open.get(id),
    closedOne: (id) => recent.get(id),
    find: (id) => open.get(id)?.incident ?? recent.get(id),
    put,
    close: (incident) => {
      open.delete(incident.id);
      recent.set(incident.id, incident);
    },
    restore: (incident, now) => {
      if (incident.state === 'closed') recent.set(incident.id, incident);
      else {
        const failing = isAboutProber(incident) || incident.advisory ? [] : holding(incident, sources);
        const held = new Map(failing.map(({ key, watchedSince }) => [key, watchedSince]));
        put({
          incident,
          problems: new Set(),
          held,
          left: new Map(),
          sourceCount: 0,
          restored: { at: now, isFound: false },
        });
      }
    },
    takeTwin: (known, now) => {
      const { closed, closeReason, problem: id, affectedMailboxes } = known;
      if (closed !== undefined && (!isWithinHour(closed, now) || closeReason === 'no-longer-configured'))
        return undefined;
      const hit = new Set(affectedNow(affectedMailboxes));
      return [...open.values()].find(
        ({ incident, restored }) =>
          restored === undefined &&
          isOnSame(known, incident) &&
          (incident.problem === id ||
            (!known.advisory && affectedNow(incident.affectedMailboxes).some((one) => hit.has(one)))),
      );
    },
    adopt: (twin, known, now) => {
      open.delete(twin.incident.id);
      put({ ...twin, incident: known, sourceCount: 0, restored: { at: now, isFound: true } });
      for (const id of twin.problems) byProblem.set(id, known.id);
    },
    rename: (from, to) => {
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
      put({ ...one, ...other, incident, problems, held: new Map([...one.held, ...(other?.held ?? [])]) });
    },
    handOver: (theirs) => {
      for (const incident of recent.values()) if (isTheirs(incident, theirs)) recent.delete(incident.id);
      for (const one of open.values()) {
        if (isTheirs(one.incident, theirs)) {
          open.delete(one.incident.id);
          for (const id of one.problems) byProblem.delete(id);
          continue;
        }
        const affectedMailboxes = one.incident.affectedMailboxes.filter(({ id }) => !theirs.mailbox(id));
        const held = [...one.held].filter(([key]) => !theirs.mailbox(target(key)?.mailbox ?? ''));
        put({ ...one, incident: { ...one.incident, affectedMailboxes }, held: new Map(held) });
      }
    },
    forgetClosed: (now) => {
      for (const [id, { closed = now }] of recent) if (!isWithinHour(closed, now)) recent.delete(id);
    },
    link: (one, id) => {
      byProblem.set(id, one.incident.id);
      recent.delete(one.incident.id);
      const restored = one.restored === undefined ? {} : { restored: { ...one.restored, isFound: true } };
      return put({ ...one, problems: new Set([...one.problems, id]), ...restored });
    },
    unlink: (id) => {
      const one = open.get(byProblem.get(id) ?? '');
      byProblem.delete(id);
      if (one !== undefined)
        put({ ...one, problems: new Set([...one.problems].filter((its) => its !== id)) });
    },
    openFor: (of, failing) => {
      const same = [...open.values()].filter(({ incident }) => isOnSame(incident, of));
      return (
        same.find(({ incident }) => incident.problem === of.id) ??
        same.find(({ held }) => failing.some((key) => held.has(key)))
      );
    },
    closedFor: (of, advisory, now) =>
      [...recent.values()]
        .filter((incident) => isOnSame(incident, of) && isWithinHour(incident.closed ?? now, now))
        .filter(({ closeReason }) => closeReason !== 'no-longer-configured')
        // Another advisory, or an outage that follows an advisory, is a different incident.
        .filter((incident) => {
          const isSameProblem = incident.problem === of.id && incident.advisory === advisory;
          return isSameProblem || !(advisory || incident.advisory || isAboutProber(of));
        })
        .toSorted((a, b) => (b.closed ?? 0) - (a.closed ?? 0))[0],
    heirOf: ({ incident }, key) =>
      problemsOf(key)
        .filter((id) => problem(id)?.scope !== 'prober')
        .flatMap((id) => byProblem.get(id) ?? [])
        .filter((id) => id !== incident.id)
        .toSorted()[0],
  };
}

/** A problem of the prober itself is over as soon as it is no longer found. */
export function isAboutProber({ scope }: Pick<Problem, 'scope'>): boolean {
  return scope === 'prober';
}

function isTheirs({ scope, subject, affectedMailboxes }: Incident, theirs: Theirs): boolean {
  if (affectedMailboxes.length > 0) return affectedMailboxes.every(({ id }) => theirs.mailbox(id));
  return scope === 'app' && theirs.app(subject);
}

function isOnSame(incident: Incident, { scope, subject }: Pick<Problem, 'scope' | 'subject'>): boolean {
  return incident.scope === scope && incident.subject === subject;
}

/** The targets that hold a restored incident: the recorded ones, else all targets of its mailboxes that are not up. */
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
