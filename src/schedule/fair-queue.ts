/**
 * Which waiting item is next? One lane for each app, served in turn, so that an app with ten thousand mailboxes does
 * not delay one with three. Within a lane, the item that has waited longest is first.
 */
export interface FairQueue<T> {
  readonly add: (lane: string, item: T) => void;
  readonly remove: (lane: string, item: T) => void;
  /** Takes the first item that may start, from the first lane that is open. That lane is then served last. */
  readonly take: (isOpen: (lane: string) => boolean, mayStart: (item: T) => boolean) => T | undefined;
  /** The item of each lane that has waited longest. */
  readonly heads: () => Iterable<T>;
}

export function createFairQueue<T>(): FairQueue<T> {
  /** In the order in which the lanes are to be served. No lane is empty. */
  const lanes = new Map<string, Set<T>>();

  const remove = (lane: string, item: T): void => {
    const items = lanes.get(lane);
    items?.delete(item);
    if (items?.size === 0) lanes.delete(lane);
  };

  return {
    add(lane, item) {
      const items = lanes.get(lane);
      if (items === undefined) lanes.set(lane, new Set([item]));
      else items.add(item);
    },
    remove,
    // This loop is short, however many items wait. Each lane that is skipped has probes under way, and so has the
    // mailbox of each item that is skipped. So the skipped ones never outnumber the probes under way.
    take(isOpen, mayStart) {
      for (const [lane, items] of lanes) {
        if (!isOpen(lane)) continue;
        for (const item of items) {
          if (!mayStart(item)) continue;
          remove(lane, item);
          if (lanes.delete(lane)) lanes.set(lane, items);
          return item;
        }
      }
      return undefined;
    },
    *heads() {
      for (const items of lanes.values()) {
        for (const first of items) {
          yield first;
          break;
        }
      }
    },
  };
}
