/**
 * Who may start now? Holds what waits and counts what is under way: never two at one mailbox, never more than the
 * caps, apps in turn, the urgent first. When something is due is the scheduler's.
 */
import type { Target } from '../model/target.ts';
import { createFairQueue } from './fair-queue.ts';

/** Most looks under way at once, over all and of one app. */
export interface Concurrency {
  readonly total: number;
  readonly perApp: number;
}

export interface Gate<T> {
  readonly setCaps: (caps: Concurrency) => void;
  readonly queue: (item: T, urgency: 'urgent' | 'waiting') => void;
  /** Takes the item out of the queue it waits in, if it does. */
  readonly unqueue: (item: T) => void;
  /** Lets the next one in, if one may; from then on it is under way until it leaves. */
  readonly admit: () => T | undefined;
  readonly leave: (item: T) => void;
  readonly underWay: ReadonlySet<T>;
  /** The item of each app that has waited longest, the urgent aside. */
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
