/**
 * Finds the incident to which a problem belongs. The problem continues an open incident, or it reopens a recently
 * closed one. If an incident is read late from the store, also finds the incident that was opened for the same fault in
 * the meantime.
 */
import type { Incident } from '../model/incident.ts';
import type { Problem } from '../model/status.ts';
import { affectedNow, isWithinHour } from './affected-mailboxes.ts';
import { isAboutProber, type OpenIncident } from './open-incident.ts';

type Identity = Pick<Problem, 'id' | 'scope' | 'subject'>;

/**
 * Returns the open incident on the same subject that the problem continues: the incident that has this problem as its
 * current one, else an incident that is held open by a target with this problem. `failing` holds the keys of the
 * targets that fail with this problem.
 */
export function continuedBy(
  of: Identity,
  failing: readonly string[],
  open: Iterable<OpenIncident>,
): OpenIncident | undefined {
  const same: OpenIncident[] = [];
  for (const one of open) if (isOnSame(one.incident, of)) same.push(one);
  return (
    same.find(({ incident }) => incident.problem === of.id) ??
    same.find(({ held }) => failing.some((key) => held.has(key)))
  );
}

/** Returns the incident that the problem reopens: the last one on the same subject that closed within an hour. */
export function reopenedBy(
  of: Identity,
  advisory: boolean,
  recent: Iterable<Incident>,
  now: number,
): Incident | undefined {
  return (
    [...recent]
      .filter((incident) => isOnSame(incident, of) && isWithinHour(incident.closed ?? now, now))
      .filter(({ closeReason }) => closeReason !== 'no-longer-configured')
      // An advisory with another problem, or an outage after an advisory, is a new incident.
      .filter((incident) => {
        const isSameProblem = incident.problem === of.id && incident.advisory === advisory;
        return isSameProblem || !(advisory || incident.advisory || isAboutProber(of));
      })
      .toSorted((a, b) => (b.closed ?? 0) - (a.closed ?? 0))[0]
  );
}

/** Whether `incident` was opened for the same fault as `known`, which was read from the store later. */
export function isDuplicate(known: Incident, { incident, restored }: OpenIncident, now: number): boolean {
  const { closed, closeReason, problem: id, affectedMailboxes, advisory } = known;
  if (closed !== undefined && (!isWithinHour(closed, now) || closeReason === 'no-longer-configured'))
    return false;
  if (restored !== undefined || !isOnSame(known, incident)) return false;
  if (incident.problem === id) return true;
  const hit = new Set(affectedNow(affectedMailboxes));
  return !advisory && affectedNow(incident.affectedMailboxes).some((one) => hit.has(one));
}

function isOnSame(incident: Incident, { scope, subject }: Pick<Problem, 'scope' | 'subject'>): boolean {
  return incident.scope === scope && incident.subject === subject;
}
