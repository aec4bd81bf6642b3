/**
 * Which waiting item is next? The apps are served in turn, so an app with ten thousand mailboxes does not delay an
 * app with three. Of the items of an app, the oldest is first.
 */
export interface FairQueue<T> {
  readonly add: (app: string, item: T) => void;
  readonly remove: (app: string, item: T) => void;
  /**
   * Finds the first open app with an item that may start. Takes the oldest such item of that app, and moves the app to
   * the end. Undefined if no item may start.
   */
  readonly take: (isOpen: (app: string) => boolean, mayStart: (item: T) => boolean) => T | undefined;
  /** Returns the oldest item of each app. */
  readonly heads: () => Iterable<T>;
}

export function createFairQueue<T>(): FairQueue<T> {
  /** The waiting items of each app, the next app first. No set is empty. */
  const apps = new Map<string, Set<T>>();

  const remove = (app: string, item: T): void => {
    const items = apps.get(app);
    items?.delete(item);
    if (items?.size === 0) apps.delete(app);
  };

  return {
    add(app, item) {
      const items = apps.get(app);
      if (items === undefined) apps.set(app, new Set([item]));
      else items.add(item);
    },
    remove,
    // Few items are skipped here, even if many wait. An app is skipped only if it has probes under way, and an item
    // only if its mailbox has one. So the caps limit the number of skipped apps and items.
    take(isOpen, mayStart) {
      for (const [app, items] of apps) {
        if (!isOpen(app)) continue;
        for (const item of items) {
          if (!mayStart(item)) continue;
          remove(app, item);
          if (apps.delete(app)) apps.set(app, items);
          return item;
        }
      }
      return undefined;
    },
    *heads() {
      for (const items of apps.values()) {
        for (const first of items) {
          yield first;
          break;
        }
      }
    },
  };
}
