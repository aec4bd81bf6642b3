/**
 * Which probe may start now? Holds the waiting probes and counts those under way: never two of one mailbox, never more
 * than the caps, apps in turn, urgent ones first. The scheduler decides when a probe is due.
 */
import type { Target } from '../model/target.ts';
import { createFairQueue } from './fair-queue.ts';

/** Most probes under way at once, in total and per app. */
export interface Concurrency {
  readonly total: number;
  readonly perApp: number;
}

export interface Gate<T> {
  readonly setCaps: (caps: Concurrency) => void;
  readonly queue: (item: T, urgency: 'urgent' | 'waiting') => void;
  /** Removes the item from the queue in which it waits, if any. */
  readonly unqueue: (item: T) => void;
  /** Admits the next item, if one may start; it is under way until it leaves. */
  readonly admit: () => T | undefined;
  readonly leave: (item: T) => void;
  readonly underWay: ReadonlySet<T>;
  /** The item of each app that has waited longest, without the urgent ones. */
  readonly waitingLongest: () => Iterable<T>;
}

export function createGate<T extends { readonly target: Target }>(initialCaps: Concurrency): Gate<T> {
  const queues = { urgent: createFairQueue<T>(), waiting: createFairQueue<T>() };
  const underWay = new Set<T>();
  const underWayByApp = new Map<string, number>();
  const busyMailboxes = new Set<string>();
  let caps = initialCaps;

  const isOpen = (app: string): boolean => (underWayByApp.get(app) ?? 0) < caps.perApp;
  const mayStart = (item: T): boolean => !busyMailboxes.has(item.target.mailbox.id);

  const countApp = (item: T, by: 1 | -1): void => {
    const count = (underWayByApp.get(item.target.app.id) ?? 0) + by;
    if (count === 0) underWayByApp.delete(item.target.app.id);
    else underWayByApp.set(item.target.app.id, count);
  };

  return {
    setCaps: (to) => {
      caps = to;
    },
    queue: (item, urgency) => queues[urgency].add(item.target.app.id, item),
    unqueue(item) {
      queues.urgent.remove(item.target.app.id, item);
      queues.waiting.remove(item.target.app.id, item);
    },
    admit() {
      if (underWay.size >= caps.total) return undefined;
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
    waitingLongest: queues.waiting.heads,
  };
}
