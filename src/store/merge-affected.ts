/**
 * Merges the written affected mailboxes of an incident into the stored ones. If a mailbox was written, its new entries
 * replace all its stored ones. The other mailboxes keep theirs. The result is sorted by id.
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
