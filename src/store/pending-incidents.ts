/**
 * Incidents that are not written yet. Each one is written with only those affected mailboxes that the store lacks. An
 * incident of ten thousand mailboxes may grow for minutes, and would otherwise be written whole every second. Part of
 * `pending-changes.ts`.
 */
import type { AffectedMailbox, Incident } from '../model/incident.ts';

export interface PendingIncidents {
  readonly add: (incident: Incident) => void;
  /**
   * Takes incidents until the room is used up. An incident that does not fit is taken with some of its mailboxes, and
   * stays pending with the others.
   */
  readonly take: (room: number) => readonly Incident[];
  readonly putBack: (incidents: readonly Incident[]) => void;
  readonly drop: (id: string) => void;
  readonly forgetWritten: () => void;
  readonly size: () => number;
}

export function createPendingIncidents(): PendingIncidents {
  let waiting = new Map<string, Incident>();
  /** For each open incident, the affected mailboxes when it was last taken. */
  const written = new Map<string, readonly AffectedMailbox[]>();
  /** For each incident, the mailboxes that are still to be written. */
  const missing = new Map<string, ReadonlySet<string>>();

  const takeOne = (incident: Incident, room: number): Incident => {
    const { id, affectedMailboxes, closed } = incident;
    const wanted = new Set([
      ...changedMailboxes(written.get(id) ?? [], affectedMailboxes),
      ...(missing.get(id) ?? []),
    ]);
    const now = new Set([...wanted].slice(0, Math.max(room - 1, 1)));
    const later = new Set([...wanted].filter((mailbox) => !now.has(mailbox)));
    if (later.size === 0) {
      waiting.delete(id);
      missing.delete(id);
    } else missing.set(id, later);
    // A closed incident is forgotten here. If it reopens, it is written with all its mailboxes.
    if (closed === undefined || later.size > 0) written.set(id, affectedMailboxes);
    else written.delete(id);
    return { ...incident, affectedMailboxes: affectedMailboxes.filter((one) => now.has(one.id)) };
  };

  return {
    add: (incident) => void waiting.set(incident.id, incident),
    take(room) {
      const taken: Incident[] = [];
      let left = room;
      for (const incident of waiting.values()) {
        if (left <= 0) break;
        const one = takeOne(incident, left);
        left -= 1 + one.affectedMailboxes.length;
        taken.push(one);
      }
      return taken;
    },
    putBack(incidents) {
      for (const { id, affectedMailboxes } of incidents) {
        const ids = affectedMailboxes.map((mailbox) => mailbox.id);
        missing.set(id, new Set([...(missing.get(id) ?? []), ...ids]));
      }
      const older = incidents.map((incident): [string, Incident] => [
        incident.id,
        { ...incident, affectedMailboxes: written.get(incident.id) ?? incident.affectedMailboxes },
      ]);
      waiting = new Map([...older, ...waiting]);
    },
    drop: (id) => void waiting.delete(id),
    forgetWritten: () => written.clear(),
    size: () => waiting.size,
  };
}

/**
 * Returns the ids of the mailboxes that were added or changed. A mailbox that is the same object in both lists did not
 * change. Both lists are sorted by id, so one pass over them finds the other mailboxes, which are compared member by
 * member.
 */
function changedMailboxes(
  before: readonly AffectedMailbox[],
  after: readonly AffectedMailbox[],
): ReadonlySet<string> {
  const gone: AffectedMailbox[] = [];
  const come: AffectedMailbox[] = [];
  let at = 0;
  for (const mailbox of after) {
    for (let one = before[at]; one !== undefined && one.id < mailbox.id; one = before[at]) {
      gone.push(one);
      at += 1;
    }
    if (before[at] === mailbox) at += 1;
    else come.push(mailbox);
  }
  const old = new Map([...gone, ...before.slice(at)].map((mailbox) => [keyOf(mailbox), mailbox.id]));
  const changed = new Set<string>();
  for (const mailbox of come) if (!old.delete(keyOf(mailbox))) changed.add(mailbox.id);
  if (old.size === 0) return changed;
  const named = new Set(after.map(({ id }) => id));
  for (const id of old.values()) if (named.has(id)) changed.add(id);
  return changed;
}

function keyOf({ id, since, until, protocols = [] }: AffectedMailbox): string {
  return `${since} ${until} ${protocols.join()} ${id}`;
}
