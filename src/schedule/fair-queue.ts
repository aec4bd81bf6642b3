/**
 * Which waiting item is next? One lane for each app, served in turn, so that an app with ten thousand mailboxes does
 * not delay one with three. Within a lane, the item that has waited longest is first.
 */
export interface FairQueue<T> {
  readonly add: (lane: string, item: T) => void;
  readonly remove: (lane: string, item: T) => void;
  /**
   * Takes the first item that may start. Looks in the open lanes, in their order. The lane of the item is then served
   * last. Undefined if no item may start.
   */
  readonly take: (isOpen: (lane: string) => boolean, mayStart: (item: T) => boolean) => T | undefined;
  /** For each lane, returns the item that has waited longest. */
  readonly heads: () => Iterable<T>;
}

export function createFairQueue<T>(): FairQueue<T> {
  /** The lanes in the order in which they are to be served. No lane is empty. */
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
    // This loop is short, even if many items wait. Each lane that is skipped has probes under way. So has the mailbox
    // of each item that is skipped. So the number of skipped lanes and items is limited by the probes under way.
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
