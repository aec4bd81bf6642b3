/**
 * Merges the affected mailboxes of a write into the stored ones. The entries of each mailbox in the write replace its
 * stored entries, and all other entries stay. Sorted by id, like `Incident.affectedMailboxes`.
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
