/**
 * Rows of one table that are not written yet, by key, in the order in which they were added. Part of
 * `pending-changes.ts`.
 */
export interface PendingTable<T> {
  readonly add: (rows: readonly T[]) => void;
  /** Puts rows back before all others. If a row with the same key was added since, that newer row is kept instead. */
  readonly putBack: (rows: readonly T[]) => void;
  /** Takes the oldest rows until their cost uses up the room. A row costs 1 by default. */
  readonly take: (
    room: number,
    cost?: (row: T) => number,
  ) => { readonly rows: readonly T[]; readonly cost: number };
  readonly takeWhere: (wanted: (row: T) => boolean) => readonly T[];
  readonly get: (key: string) => T | undefined;
  readonly has: (key: string) => boolean;
  readonly rows: () => Iterable<T>;
  readonly size: () => number;
}

export function createPendingTable<T>(keyOf: (row: T) => string): PendingTable<T> {
  let waiting = new Map<string, T>();
  const takeWhere = (wanted: (row: T) => boolean): readonly T[] => {
    const taken = [...waiting.values()].filter(wanted);
    for (const row of taken) waiting.delete(keyOf(row));
    return taken;
  };
  return {
    add(rows) {
      for (const row of rows) waiting.set(keyOf(row), row);
    },
    putBack(rows) {
      waiting = new Map([...rows.map((row): [string, T] => [keyOf(row), row]), ...waiting]);
    },
    take(room, cost = () => 1) {
      let spent = 0;
      const rows: T[] = [];
      for (const row of waiting.values()) {
        if (spent >= room) break;
        spent += cost(row);
        rows.push(row);
      }
      for (const row of rows) waiting.delete(keyOf(row));
      return { rows, cost: spent };
    },
    takeWhere,
    get: (key) => waiting.get(key),
    has: (key) => waiting.has(key),
    rows: () => waiting.values(),
    size: () => waiting.size,
  };
}
