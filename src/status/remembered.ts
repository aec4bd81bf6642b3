/**
 * Keeps the targets that the previous process watched, until the configuration shows which of them are unchanged. The
 * store uses it at the first update, and again if its memories are read late.
 */
import type { StateChange, TargetMemory } from '../model/memory.ts';
import { targetKey, type Target } from '../model/target.ts';
import type { Finding } from './finding.ts';
import { removalOf } from './state-changes.ts';
import { findingsIn, recordOf } from './target-memory.ts';
import { newRecord, type TargetRecord } from './target-record.ts';

export interface Remembered {
  readonly add: (memories: readonly TargetMemory[]) => void;
  /** Returns the remembered record, or a new one with an unknown state. */
  readonly begin: (target: Target, now: number) => TargetRecord;
  /** Returns the findings that were stored with the target. Empty if the target has changed. */
  readonly findingsOf: (record: TargetRecord) => readonly Finding[];
  /**
   * Returns whether its state differs from the stored one: the stored one is too old, belongs to another target, or is
   * missing.
   */
  readonly isNews: (record: TargetRecord) => boolean;
  /** Returns a removal for each remembered target that is no longer configured. Then forgets all remembered targets. */
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
