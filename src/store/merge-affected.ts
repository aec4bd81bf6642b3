/**
 * The affected mailboxes of an incident, when a write carries some of them: those of a mailbox that it names are
 * replaced, all others stay. Sorted as the model wants it.
 */
import type { AffectedMailbox } from '../model/incident.ts';

export function mergeAffected(
  before: readonly AffectedMailbox[],
  written: readonly AffectedMailbox[],
): readonly AffectedMailbox[] {
  const named = new Set(written.map(({ id }) => id));
  return [...before.filter(({ id }) => !named.has(id)), ...written].sort(
    (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) || a.since - b.since,
  );
}
