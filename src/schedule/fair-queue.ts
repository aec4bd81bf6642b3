/**
 * Which waiting item is next? Each app has a lane, and the lanes are served in turn. So an app with ten thousand
 * mailboxes does not delay an app with three. Within a lane, the oldest item is first.
 */
export interface FairQueue<T> {
  readonly add: (lane: string, item: T) => void;
  readonly remove: (lane: string, item: T) => void;
  /**
   * Finds the first open lane with an item that may start. Takes the oldest such item of that lane, and moves the lane
   * to the end. Undefined if no item may start.
   */
  readonly take: (isOpen: (lane: string) => boolean, mayStart: (item: T) => boolean) => T | undefined;
  /** Returns the oldest item of each lane. */
  readonly heads: () => Iterable<T>;
}

export function createFairQueue<T>(): FairQueue<T> {
  /** The lanes, the next one first. No lane is empty. */
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
    // Few items are skipped here, even if many wait. A lane is skipped only if its app has probes under way, and an
    // item only if its mailbox has one. So the caps limit the number of skipped lanes and items.
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
