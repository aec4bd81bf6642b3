/**
 * Targets that the previous process watched, until the configuration shows which of them are unchanged. Used by the
 * store, once, at its first update.
 */
import type { StateChange, TargetMemory } from '../model/memory.ts';
import { targetKey, type Target } from '../model/target.ts';
import type { Finding } from './finding.ts';
import { removalOf } from './state-changes.ts';
import { findingsIn, recordOf } from './target-memory.ts';
import { newRecord, type TargetRecord } from './target-record.ts';

export interface Remembered {
  readonly add: (memories: readonly TargetMemory[]) => void;
  /** The remembered record, or a new one with an unknown state. */
  readonly begin: (target: Target, now: number) => TargetRecord;
  /** The findings that were stored with the target, if it is unchanged. */
  readonly findingsOf: (record: TargetRecord) => readonly Finding[];
  /** Does its state differ from the stored one, because that is too old or belongs to another target? */
  readonly isNews: (record: TargetRecord) => boolean;
  /** The end of the watch of targets that are no longer configured. Forgets all of them. */
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
