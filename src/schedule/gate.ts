/**
 * Which probe may start now? Holds the waiting probes and counts those under way. It never admits two probes of one
 * mailbox, nor more probes than the caps allow. It admits urgent probes first and serves the apps in turn. The
 * scheduler decides when a probe is due.
 */
import type { Target } from '../model/target.ts';
import { createFairQueue } from './fair-queue.ts';

export interface Caps {
  readonly total: () => number;
  readonly perApp: (app: string) => number;
}

export interface Gate<T> {
  readonly queue: (item: T, urgency: 'urgent' | 'waiting') => void;
  readonly unqueue: (item: T) => void;
  /** Admits the next item, which counts as under way until `leave` is called for it. Undefined if no item may start. */
  readonly admit: () => T | undefined;
  readonly leave: (item: T) => void;
  readonly underWay: ReadonlySet<T>;
  readonly underWayOf: (app: string) => number;
  /** For each app, returns the item that has waited longest. Leaves out urgent items. */
  readonly waitingLongest: () => Iterable<T>;
}

export function createGate<T extends { readonly target: Target }>(caps: Caps): Gate<T> {
  const queues = { urgent: createFairQueue<T>(), waiting: createFairQueue<T>() };
  const underWay = new Set<T>();
  const underWayByApp = new Map<string, number>();
  const busyMailboxes = new Set<string>();

  const underWayOf = (app: string): number => underWayByApp.get(app) ?? 0;
  const isOpen = (app: string): boolean => underWayOf(app) < caps.perApp(app);
  const mayStart = (item: T): boolean => !busyMailboxes.has(item.target.mailbox.id);

  const countApp = (item: T, by: 1 | -1): void => {
    const count = underWayOf(item.target.app.id) + by;
    if (count === 0) underWayByApp.delete(item.target.app.id);
    else underWayByApp.set(item.target.app.id, count);
  };

  return {
    queue: (item, urgency) => queues[urgency].add(item.target.app.id, item),
    unqueue(item) {
      queues.urgent.remove(item.target.app.id, item);
      queues.waiting.remove(item.target.app.id, item);
    },
    admit() {
      if (underWay.size >= caps.total()) return undefined;
      const item = queues.urgent.take(isOpen, mayStart) ?? queues.waiting.take(isOpen, mayStart);
      if (item === undefined) return undefined;
      underWay.add(item);
      countApp(item, 1);
      busyMailboxes.add(item.target.mailbox.id);
      return item;
    },
    leave(item) {
      underWay.delete(item);
      countApp(item, -1);
      busyMailboxes.delete(item.target.mailbox.id);
    },
    underWay,
    underWayOf,
    waitingLongest: queues.waiting.heads,
  };
}
