/**
 * Decides how an open incident continues. A target that fails holds the incident open, until the target is confirmed
 * up. The incident closes when no target holds it any more. `incidents.ts` calls each function of this file for all
 * open incidents before it calls the next function.
 */
import type { Incident } from '../model/incident.ts';
import type { Problem } from '../model/status.ts';
import { affectedNow } from './affected-mailboxes.ts';
import { closed, withProblem } from './incident-record.ts';
import type { IncidentTable } from './incident-table.ts';
import { withAffected } from './incident-mailboxes.ts';
import { isAboutProber, isSoonAfter, type OpenIncident } from './open-incident.ts';
import type { IncidentSources, WatchedTarget } from './incident-sources.ts';

type SuccessorOf = IncidentTable['successorOf'];

/**
 * Releases the incident from targets that are confirmed up or no longer watched. `moved` holds the keys of all targets
 * for which this may be so.
 */
export function release(
  one: OpenIncident,
  moved: ReadonlySet<string>,
  { target }: IncidentSources,
): OpenIncident {
  const left = new Map<string, 'up' | 'gone'>();
  // Thousands of incidents may each have one holder, or one incident thousands: the shorter list is searched.
  const keys = one.held.size < moved.size ? one.held.keys() : moved;
  for (const key of keys) {
    const watchedSince = one.held.get(key);
    if (watchedSince === undefined || !moved.has(key)) continue;
    const now = target(key);
    if (now?.watchedSince !== watchedSince) left.set(key, 'gone');
    else if (now.isUp) left.set(key, 'up');
  }
  if (left.size === 0) return one.left.size === 0 ? one : { ...one, left };
  const held = new Map(one.held);
  for (const key of left.keys()) held.delete(key);
  return { ...one, held, left };
}

/**
 * Whether the incident may have changed. This test is cheap. It spares most incidents the full update, which costs much
 * for an incident with many mailboxes.
 */
export function mayHaveChanged(
  { incident, problems, held, left, sourceCount, restored }: OpenIncident,
  touched: ReadonlySet<string>,
  now: number,
  sources: IncidentSources,
): boolean {
  return (
    // The current problem of the incident is no longer open, or has another id now.
    !problems.has(incident.problem) ||
    left.size > 0 ||
    incident.state === 'intermittent' ||
    isIntermittent(held, sources) ||
    (restored !== undefined && isSoonAfter(restored.at, now)) ||
    [...problems].some((id) => touched.has(id)) ||
    claimantsOf(problems, sources) !== sourceCount
  );
}

function claimantsOf(problems: ReadonlySet<string>, sources: IncidentSources): number {
  return [...problems].reduce((sum, id) => sum + sources.sourceCount(id), 0);
}

/** Whether all targets that hold the incident are intermittent. False if no target holds it. */
function isIntermittent(held: ReadonlyMap<string, number>, { target }: IncidentSources): boolean {
  for (const key of held.keys()) if (target(key)?.intermittent !== true) return false;
  return held.size > 0;
}

/** Updates the incident from the current state of its problems and targets. */
export function withPresent(
  one: OpenIncident,
  now: number,
  sources: IncidentSources,
  successorOf: SuccessorOf,
): OpenIncident {
  const problems = [...one.problems].flatMap((id) => sources.problem(id) ?? []);
  const present = problems.find(({ id }) => id === one.incident.problem) ?? largest(problems);
  const failing = failingUnder(problems, sources);
  const joined = isAboutProber(one.incident) ? NOBODY : newHolders(one.held, failing, sources);
  const held = withAll(one.held, joined);
  const next = present === undefined ? one.incident : withProblem(one.incident, present);
  const { recovering: _, ...rest } = next;
  const state = isIntermittent(held, sources) ? 'intermittent' : next.state;
  const recovering =
    state === 'intermittent'
      ? recoveringOf([...held.keys()].flatMap((key) => sources.target(key) ?? []))
      : undefined;
  const incident: Incident = {
    ...rest,
    state,
    advisory: next.advisory && held.size === 0,
    ...(recovering === undefined ? {} : { recovering }),
  };
  const sourceCount = claimantsOf(one.problems, sources);
  return {
    ...one,
    held,
    sourceCount,
    incident: withAffected(incident, { problems, held, joined, failing, one, now, successorOf }, sources),
  };
}

const NOBODY: OpenIncident['held'] = new Map();

/** Returns the targets that fail with one of the problems. Several problems may name the same target. */
function failingUnder(problems: readonly Problem[], sources: IncidentSources): readonly string[] {
  const [first = [], ...others] = problems.map(({ id }) => sources.failingUnder(id));
  return others.length === 0 ? first : [...new Set([...first, ...others.flat()])];
}

/** Returns the failing targets that do not hold the incident yet. */
function newHolders(
  held: OpenIncident['held'],
  failing: readonly string[],
  { target }: IncidentSources,
): OpenIncident['held'] {
  const joined = new Map<string, number>();
  for (const key of failing) {
    if (held.has(key)) continue;
    const found = target(key);
    if (found !== undefined && !found.isUp) joined.set(key, found.watchedSince);
  }
  return joined;
}

/** `new Map(held)` is many times faster than adding each entry to an empty map. */
function withAll(held: OpenIncident['held'], joined: OpenIncident['held']): OpenIncident['held'] {
  if (joined.size === 0) return held;
  const all = new Map(held);
  for (const [key, watchedSince] of joined) all.set(key, watchedSince);
  return all;
}

function largest(problems: readonly Problem[]): Problem | undefined {
  return problems.toSorted((a, b) => b.affectedMailboxes.length - a.affectedMailboxes.length)[0];
}

/** Returns the progress of the target with the fewest successes. */
function recoveringOf(targets: readonly WatchedTarget[]): Incident['recovering'] {
  const slowest = targets.toSorted(
    (a, b) => (a.recovering?.successes ?? 0) - (b.recovering?.successes ?? 0),
  )[0];
  return slowest?.recovering;
}

/** Closes the incident if no target holds it, or if all targets that hold it now fail as part of another incident. */
export function settled(
  one: OpenIncident,
  now: number,
  successorOf: SuccessorOf,
  sources: IncidentSources,
): OpenIncident {
  const { incident, problems, held, left } = one;
  if (problems.size > 0 || !mayBeAbsent(one, now, sources)) return one;
  if (held.size === 0) {
    const isGone = left.size > 0 && [...left.values()].every((how) => how === 'gone');
    const reason = isGone || isUnconfigured(incident, sources) ? 'no-longer-configured' : 'recovered';
    return { ...one, incident: closed(incident, now, reason) };
  }
  const successors = [...held.keys()].map((key) => successorOf(one, key));
  const successor = mostOften(successors);
  return successors.includes(undefined) || successor === undefined
    ? one
    : { ...one, incident: closed(incident, now, 'superseded', successor) };
}

/**
 * Whether the incident may close because its problem is absent. After a restart, an advisory or a problem of mailprobe
 * itself stays open for `GRACE_MS`, and until every affected mailbox was probed again.
 */
function mayBeAbsent(
  { incident, restored }: OpenIncident,
  now: number,
  { targetsOf }: IncidentSources,
): boolean {
  if (restored === undefined || restored.isFound) return true;
  if (!incident.advisory && !isAboutProber(incident)) return true;
  if (isSoonAfter(restored.at, now)) return false;
  return affectedNow(incident.affectedMailboxes)
    .flatMap(targetsOf)
    .every(({ resultAt = 0 }) => resultAt >= restored.at);
}

function isUnconfigured({ affectedMailboxes }: Incident, { targetsOf }: IncidentSources): boolean {
  const last = affectedMailboxes.map(({ id }) => id);
  return last.length > 0 && last.every((id) => targetsOf(id).length === 0);
}

/** Returns the most frequent id. If several are equally frequent, returns the oldest. */
function mostOften(ids: readonly (string | undefined)[]): string | undefined {
  const groups = [...Map.groupBy(ids, (id) => id).values()];
  return groups
    .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))
    .toSorted((a, b) => b.length - a.length)[0]?.[0];
}
