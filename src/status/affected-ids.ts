/**
 * The ids of the mailboxes that a problem affects, as a sorted list. An outage of ten thousand mailboxes grows every
 * second. So the cost of a change depends only on the mailboxes that it concerns, and the list is merged with them
 * instead of sorted again. Part of `problem-groups.ts`.
 */
export interface AffectedIds {
  /** Adds the mailboxes of a finding. Several findings may name the same mailbox. */
  readonly add: (mailboxes: readonly string[]) => void;
  /** Removes the mailboxes of a finding. A mailbox that another finding names stays. */
  readonly remove: (mailboxes: readonly string[]) => void;
  /** Returns the same array until a mailbox joins or leaves. */
  readonly sorted: () => readonly string[];
}

export function createAffectedIds(): AffectedIds {
  /** How many findings name each mailbox. */
  const counts = new Map<string, number>();
  /**
   * The mailboxes that may have joined or left since the list was made. Key: id of the mailbox. Value: whether the list
   * holds it.
   */
  const moved = new Map<string, boolean>();
  let list: readonly string[] = [];

  const change = (id: string, by: number): void => {
    const before = counts.get(id) ?? 0;
    const after = before + by;
    if (after > 0) counts.set(id, after);
    else counts.delete(id);
    if (before > 0 !== after > 0 && !moved.has(id)) moved.set(id, before > 0);
  };

  return {
    add: (mailboxes) => {
      for (const id of mailboxes) change(id, 1);
    },
    remove: (mailboxes) => {
      for (const id of mailboxes) change(id, -1);
    },
    sorted: () => {
      const joined: string[] = [];
      const left = new Set<string>();
      for (const [id, wasListed] of moved) {
        const isListed = counts.has(id);
        if (isListed && !wasListed) joined.push(id);
        if (!isListed && wasListed) left.add(id);
      }
      moved.clear();
      if (joined.length + left.size > 0) list = merged(list, joined.sort(), left);
      return list;
    },
  };
}

/** `list` and `joined` are sorted and have no id in common. */
function merged(
  list: readonly string[],
  joined: readonly string[],
  left: ReadonlySet<string>,
): readonly string[] {
  const result: string[] = [];
  let at = 0;
  for (const id of list) {
    for (let next = joined[at]; next !== undefined && next < id; next = joined[at]) {
      result.push(next);
      at += 1;
    }
    if (left.size === 0 || !left.has(id)) result.push(id);
  }
  return [...result, ...joined.slice(at)];
}
