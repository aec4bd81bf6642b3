/**
 * Keeps an entry for each scheduled target. If the settings of a target change, its entry is dropped and a new one is
 * made. Used by the scheduler.
 */
import { isDeepStrictEqual } from 'node:util';
import { targetKey, type Target } from '../model/target.ts';
import type { Agenda } from './agenda.ts';
import { type Entry, newEntry, resolveEnded } from './entry.ts';
import type { Gate } from './gate.ts';
import { firstProbeWindowMs } from './rhythm.ts';

export interface Entries {
  readonly get: (key: string) => Entry | undefined;
  /**
   * Replaces the targets in short steps. The caller can do other work between two steps. While the scheduler closes, no
   * entry is added.
   */
  readonly replace: (targets: readonly Target[]) => Iterable<void>;
  readonly dropAll: (reason: string) => void;
}

export interface EntriesOptions {
  readonly gate: Pick<Gate<Entry>, 'unqueue'>;
  readonly agenda: Pick<Agenda, 'set' | 'setTimer'>;
  readonly isClosing: () => boolean;
}

export function createEntries({ gate, agenda, isClosing }: EntriesOptions): Entries {
  const entries = new Map<string, Entry>();

  /**
   * Removes the entry and aborts its probe under way. The mailbox of the entry stays blocked until the probe has ended.
   */
  const drop = (entry: Entry, reason: string): void => {
    entries.delete(entry.key);
    entry.next = undefined;
    gate.unqueue(entry);
    if (entry.controller === undefined) resolveEnded(entry);
    else entry.controller.abort(new DOMException(reason, 'AbortError'));
  };

  return {
    get: (key) => entries.get(key),
    *replace(targets) {
      const wanted = new Map<string, Target>();
      for (const target of targets) {
        wanted.set(targetKey(target), target);
        yield;
      }
      for (const entry of entries.values()) {
        const target = wanted.get(entry.key);
        if (target === entry.target || isDeepStrictEqual(target, entry.target))
          entry.target = target ?? entry.target;
        else drop(entry, 'the target was removed or changed');
        yield;
      }
      const added: [string, Target][] = [];
      for (const [key, target] of wanted) {
        if (!entries.has(key)) added.push([key, target]);
        yield;
      }
      const nowMs = performance.now();
      for (const [key, target] of added) {
        if (isClosing()) return;
        const entry = newEntry(target, key, nowMs);
        entries.set(key, entry);
        const dueMs = nowMs + entry.share * firstProbeWindowMs(added.length, target.intervalMs);
        agenda.set({ entry, dueMs, inRhythm: false, urgency: 'waiting' });
        agenda.setTimer();
        yield;
      }
    },
    dropAll: (reason) => {
      for (const entry of entries.values()) drop(entry, reason);
    },
  };
}
