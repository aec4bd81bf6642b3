/**
 * Targets that the process before this one watched, until the configuration says which of them still are the same. Used
 * by the store, once, at its first update.
 */
import type { StateChange, TargetMemory } from '../model/memory.ts';
import { targetKey, type Target } from '../model/target.ts';
import type { Finding } from './problem-index.ts';
import { removalOf } from './state-changes.ts';
import { findingsIn, recordOf } from './target-memory.ts';
import { newRecord, type TargetRecord } from './target-record.ts';

export interface Remembered {
  readonly add: (memories: readonly TargetMemory[]) => void;
  /** As it is remembered, else as nobody knows it yet. */
  readonly begin: (target: Target, now: number) => TargetRecord;
  /** What it failed of when it was written, where it still is the same. */
  readonly findingsOf: (record: TargetRecord) => readonly Finding[];
  /** Did its state change since it was written, by its age or because it is another target now? */
  readonly isNews: (record: TargetRecord) => boolean;
  /** Those that are configured no longer; all of them are forgotten then. */
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
