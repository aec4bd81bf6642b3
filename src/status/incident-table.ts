/**
 * The incidents that are open, and those that closed within the last hour; and which of them a problem belongs to.
 * Used by `incidents.ts`, which decides what becomes of each.
 */
import type { Incident } from '../model/incident.ts';
import type { Problem } from '../model/status.ts';
import { affectedNow, isWithinHour } from './affected-mailboxes.ts';
import type { IncidentSources, WatchedTarget } from './incident-sources.ts';

export interface OpenIncident {
  readonly incident: Incident;
  /** Ids of the open problems that belong to it. None: it waits for its targets. */
  readonly problems: ReadonlySet<string>;
  /** Targets that failed under it and were not confirmed up since, by key: when their watch began. */
  readonly held: ReadonlyMap<string, number>;
  /** Those that held it until now, and how they ceased to. */
  readonly left: ReadonlyMap<string, 'up' | 'gone'>;
  /** How many sources reported its problems at the last review. */
  readonly sourceCount: number;
  /** It was open before this process started. */
  readonly restored?: Restored;
}

export interface Restored {
  readonly at: number;
  /** One of its problems was found again. */
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
  /** Of an incident that is known only now: the one that opened meanwhile for the same fault. */
  readonly takeTwin: (known: Incident, now: number) => OpenIncident | undefined;
  /** It goes on as the incident that was known. */
  readonly adopt: (twin: OpenIncident, known: Incident, now: number) => void;
  /** It is known under another id from now on; where that is known here, too, both become one. */
  readonly rename: (from: string, to: string) => void;
  /** What is said of these mailboxes and apps is another's to say: neither closed nor recovered, just not ours. */
  readonly handOver: (isTheirs: Theirs) => void;
  readonly forgetClosed: (now: number) => void;
  readonly link: (one: OpenIncident, problem: string) => OpenIncident;
  /** The problem is no longer open. */
  readonly unlink: (problem: string) => void;
  /** The open incident whose fault continues under that problem: it is its own, or a target fails under both. */
  readonly openFor: (problem: Problem, failing: readonly string[]) => OpenIncident | undefined;
  /** The one that closed within the last hour and is back with that problem. */
  readonly closedFor: (problem: Problem, advisory: boolean, now: number) => Incident | undefined;
  /** Id of another incident that the target's failure is part of. */
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
        // Another advisory, or an outage after one, is something else.
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

/** What is wrong with the prober itself is over when it is no longer found. */
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

/** The targets that hold a restored incident: as it remembers, else all of its mailboxes that are not up. */
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
