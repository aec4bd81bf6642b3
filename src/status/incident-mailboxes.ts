/**
 * Determines which mailboxes an open incident affects now, and which of their targets hold it. Called by
 * `incident-review.ts` for an incident that may have changed. An incident of ten thousand mailboxes changes every
 * second while it grows, so mailboxes that did not change cost little.
 */
import type { Incident } from '../model/incident.ts';
import type { Problem } from '../model/status.ts';
import { affectedAfter, affectedNow, countAffected } from './affected-mailboxes.ts';
import { withHolders, withHoldersOf } from './holders.ts';
import type { IncidentSources, WatchedTarget } from './incident-sources.ts';
import type { IncidentTable } from './incident-table.ts';
import { isSoonAfter, type OpenIncident } from './open-incident.ts';

type SuccessorOf = IncidentTable['successorOf'];

export interface Present {
  readonly problems: readonly Problem[];
  readonly held: ReadonlyMap<string, number>;
  /** The entries of `held` that are new since the last review. */
  readonly joined: ReadonlyMap<string, number>;
  /** The targets that fail with one of the incident's problems. Those problems already name their mailboxes. */
  readonly failing: readonly string[];
  readonly one: OpenIncident;
  readonly now: number;
  readonly successorOf: SuccessorOf;
}

/**
 * Returns the incident with the mailboxes that it affects now. Each mailbox has those of its targets that hold the
 * incident.
 */
export function withAffected(
  incident: Incident,
  { problems, held, joined, failing, one, now, successorOf }: Present,
  sources: IncidentSources,
): Incident {
  const unexplained = withoutProblem(held, failing);
  const others = unexplained
    .filter((key) => successorOf(one, key) === undefined)
    .flatMap((key) => sources.target(key)?.mailbox ?? []);
  const present = unionOf(
    problems.map(({ affectedMailboxes }) => affectedMailboxes),
    [...others, ...unheard(one, now, successorOf, sources)],
  );
  const touched = new Set<string>();
  const affectedMailboxes = affectedAfter(incident.affectedMailboxes, present, {
    joinedAt: (mailbox) => {
      touched.add(mailbox);
      const isFirst = one.incident.affectedMailboxes.length === 0;
      return firstFailure(mailbox, held, sources) ?? (isFirst ? incident.opened : now);
    },
    leftAt: (mailbox) => {
      touched.add(mailbox);
      return lastRecovery(mailbox, held, sources) ?? now;
    },
  });
  const next = { ...incident, affectedMailboxes };
  const moved = [...joined.keys(), ...one.left.keys()].map((key) => sources.target(key)?.mailbox);
  // Any mailbox may have other holders than before at the first review, if a target is gone, or if a holder does not
  // fail with the incident's problems.
  const isAnyChanged = one.sourceCount === 0 || unexplained.length > 0 || moved.includes(undefined);
  for (const mailbox of moved) if (mailbox !== undefined) touched.add(mailbox);
  return {
    ...(isAnyChanged
      ? withHolders(next, held.keys(), sources.target)
      : withHoldersOf(next, touched, held, sources.targetsOf)),
    peakAffected: Math.max(incident.peakAffected, countAffected(affectedMailboxes)),
  };
}

/** Returns the holders that fail with none of the problems. Counts first, because usually there are no such holders. */
function withoutProblem(held: ReadonlyMap<string, number>, failing: readonly string[]): readonly string[] {
  let explained = 0;
  for (const key of failing) if (held.has(key)) explained += 1;
  if (explained === held.size) return [];
  const known = new Set(failing);
  return [...held.keys()].filter((key) => !known.has(key));
}

/** Returns the ids of all lists, sorted. Most incidents have one problem, and its list is already sorted. */
function unionOf(
  [first = [], ...lists]: readonly (readonly string[])[],
  others: readonly string[],
): readonly string[] {
  if (lists.length + others.length === 0) return first;
  return [...new Set([...first, ...lists.flat(), ...others])].sort();
}

/**
 * Returns the affected mailboxes that were not probed yet since a restart. They stay affected until the problem is
 * found again. After that, the findings of the problem name the affected mailboxes.
 */
function unheard(
  { incident, restored, left, ...one }: OpenIncident,
  now: number,
  successorOf: SuccessorOf,
  { targetsOf }: IncidentSources,
): readonly string[] {
  if (restored === undefined || !isSoonAfter(restored.at, now)) return [];
  if (restored.isFound && !incident.advisory) return [];
  return affectedNow(incident.affectedMailboxes).filter((mailbox) => {
    const targets = targetsOf(mailbox);
    const isNews = ({ key }: WatchedTarget): boolean =>
      left.has(key) || successorOf({ incident, left, ...one }, key) !== undefined;
    const isProbed = targets.every(({ resultAt = 0 }) => resultAt >= restored.at);
    return targets.length > 0 && !isProbed && !targets.some(isNews);
  });
}

function firstFailure(
  mailbox: string,
  held: ReadonlyMap<string, number>,
  { targetsOf }: IncidentSources,
): number | undefined {
  // If only healthy probes report the incident, no target holds it, and the search through up to ten thousand mailboxes
  // is skipped.
  if (held.size === 0) return undefined;
  const starts = targetsOf(mailbox).flatMap(({ key, failingSince }) =>
    held.has(key) && failingSince !== undefined ? [failingSince] : [],
  );
  return starts.length === 0 ? undefined : Math.min(...starts);
}

function lastRecovery(
  mailbox: string,
  held: ReadonlyMap<string, number>,
  { targetsOf }: IncidentSources,
): number | undefined {
  const targets = targetsOf(mailbox);
  if (targets.some(({ key }) => held.has(key))) return undefined;
  const starts = targets.flatMap(({ upSince }) => upSince ?? []);
  return starts.length === 0 ? undefined : Math.max(...starts);
}
