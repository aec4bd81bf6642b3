/**
 * Merges an incident's affected mailboxes, as written now, into the stored ones. The new entries of a mailbox replace
 * all its stored entries. Other mailboxes keep theirs. Sorted by id, like `Incident.affectedMailboxes`.
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
