/**
 * Pure functions that return the next version of an incident. `incidents.ts` and `incident-review.ts` decide when to
 * call them.
 */
import type { CloseReason, Incident, IncidentChangeKind } from '../model/incident.ts';
import type { Problem } from '../model/status.ts';
import { hasJoined } from './affected-mailboxes.ts';

/** How many spells (times at which the fault began) are kept: the first one, and the latest ones. */
const MOST_SPELLS = 100;

export function newIncident(id: string, problem: Problem, advisory: boolean, now: number): Incident {
  return {
    id,
    ...verdictOf(problem),
    opened: problem.since,
    confirmed: now,
    state: 'open',
    formerCauses: [],
    affectedMailboxes: [],
    peakAffected: 0,
    advisory,
    spells: [problem.since],
  };
}

export function withProblem(incident: Incident, problem: Problem): Incident {
  const { cause: former } = incident;
  const causes = incident.formerCauses.filter((cause) => cause !== problem.cause && cause !== former);
  const formerCauses = former === problem.cause ? incident.formerCauses : [...causes, former];
  return { ...incident, ...verdictOf(problem), formerCauses };
}

/**
 * Returns a recently closed incident as an open one. If the incident had recovered, a new spell begins. If it was
 * superseded, its fault never ended, so there is no new spell.
 */
export function reopened(incident: Incident, problem: Problem): Incident {
  const { closed: _closed, closeReason, supersededBy: _by, recovering: _recovering, ...rest } = incident;
  const isSpell = closeReason === 'recovered';
  const [first = incident.opened, ...others] = incident.spells;
  const spells = isSpell ? [first, ...[...others, problem.since].slice(1 - MOST_SPELLS)] : incident.spells;
  return withProblem({ ...rest, spells, state: spells.length > 1 ? 'intermittent' : 'open' }, problem);
}

export function closed(
  incident: Incident,
  at: number,
  closeReason: CloseReason,
  supersededBy?: string,
): Incident {
  const { recovering: _, ...rest } = incident;
  const link = supersededBy === undefined ? {} : { supersededBy };
  return { ...rest, state: 'closed', closed: at, closeReason, ...link };
}

/** Returns the kind of change to announce. Undefined if there is nothing to announce. */
export function changeKind(before: Incident | undefined, after: Incident): IncidentChangeKind | undefined {
  if (before === undefined) return 'opened';
  if (after.state === 'closed') return before.state === 'closed' ? undefined : 'closed';
  if (before.state === 'closed') return 'reopened';
  if (readsOtherwise(before, after)) return 'changed';
  return hasJoined(before.affectedMailboxes, after.affectedMailboxes) ? 'grew' : undefined;
}

function readsOtherwise(before: Incident, after: Incident): boolean {
  return (
    before.cause !== after.cause ||
    before.severity !== after.severity ||
    before.confidence !== after.confidence ||
    before.title !== after.title ||
    before.advisory !== after.advisory
  );
}

function verdictOf(problem: Problem) {
  const { id, since: _since, affectedMailboxes: _affected, ...diagnosis } = problem;
  const { cause, scope, subject, owner, severity, confidence, title } = diagnosis;
  return { problem: id, cause, scope, subject, owner, severity, confidence, title, diagnosis };
}
