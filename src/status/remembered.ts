/**
 * Keeps the stored data of targets until the configuration shows which targets are unchanged. Used at the first update,
 * and again if the store could only be read later.
 */
import type { StateChange, TargetMemory } from '../model/memory.ts';
import { targetKey, type Target } from '../model/target.ts';
import type { Finding } from './finding.ts';
import { removalOf } from './state-changes.ts';
import { findingsIn, recordOf } from './target-memory.ts';
import { newRecord, type TargetRecord } from './target-record.ts';

export interface Remembered {
  readonly add: (memories: readonly TargetMemory[]) => void;
  /** Returns the restored record of the target. If there is none, returns a new one with an unknown state. */
  readonly begin: (target: Target, now: number) => TargetRecord;
  /** Returns the findings that were stored with the target. Empty if the target has changed. */
  readonly findingsOf: (record: TargetRecord) => readonly Finding[];
  /**
   * Whether the state of the record differs from the stored one. It does if the stored one was too old, belonged to
   * another target, or was missing.
   */
  readonly isNews: (record: TargetRecord) => boolean;
  /** Returns a removal for each stored target that is no longer configured, and forgets all stored targets. */
  readonly takeRemovals: (isConfigured: (key: string) => boolean, now: number) => readonly StateChange[];
}

export function createRemembered(): Remembered {
  const memories = new Map<string, TargetMemory>();

  return {
    add: (added) => {
      for (const memory of added) memories.set(memory.key, memory);
    },
    begin: (target, now) => {
      const memory = memories.get(targetKey(target));
      return (memory && recordOf(memory, target, now)) ?? newRecord(target, now);
    },
    findingsOf: (record) => findingsIn(memories.get(targetKey(record.status.target)), record),
    isNews: ({ status, confirmation }) => {
      const memory = memories.get(targetKey(status.target));
      const known = memory?.course?.changedAt ?? memory?.confirmedSince;
      return memory?.confirmed !== confirmation.confirmed || known !== confirmation.changedAt;
    },
    takeRemovals: (isConfigured, now) => {
      const gone = [...memories.values()].filter(({ key }) => !isConfigured(key));
      memories.clear();
      return gone.map((memory) => removalOf(memory, now));
    },
  };
}
