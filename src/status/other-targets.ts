/**
 * Targets that other replicas probe, as those replicas last stored them, so that this one can answer for all. Their
 * state is not judged here. Pure: `other-replicas.ts` reads the store.
 */
import type { TargetMemory } from '../model/memory.ts';
import type { Problem, TargetStatus } from '../model/status.ts';
import { targetKey, type Target } from '../model/target.ts';
import { createProblemIndex } from './problem-index.ts';
import { findingsIn, recordOf } from './target-memory.ts';
import { newRecord, type TargetRecord } from './target-record.ts';

export interface OtherTargets {
  /** Replaces the targets. What is known of an unchanged one is kept. */
  readonly update: (targets: readonly Target[], now: number) => void;
  readonly learn: (memories: readonly TargetMemory[], now: number) => void;
  readonly get: (key: string) => TargetStatus | undefined;
  readonly problems: () => readonly Problem[];
}

export function createOtherTargets(): OtherTargets {
  const problems = createProblemIndex();
  const targets = new Map<string, Target>();
  const memories = new Map<string, TargetMemory>();
  const records = new Map<string, TargetRecord>();

  const show = (key: string, target: Target, now: number): void => {
    const memory = memories.get(key);
    const record = (memory && recordOf(memory, target, now)) ?? newRecord(target, now);
    records.set(key, record);
    problems.update(key, findingsIn(memory, record));
  };

  return {
    update: (next, now) => {
      const wanted = new Map(next.map((target) => [targetKey(target), target]));
      for (const key of targets.keys()) {
        if (wanted.has(key)) continue;
        for (const map of [targets, memories, records]) map.delete(key);
        problems.update(key, []);
      }
      for (const [key, target] of wanted) {
        const isKnown = targets.get(key) === target;
        targets.set(key, target);
        if (!isKnown) show(key, target, now);
      }
    },
    learn: (learned, now) => {
      for (const memory of learned) {
        const target = targets.get(memory.key);
        if (target === undefined) continue;
        memories.set(memory.key, memory);
        show(memory.key, target, now);
      }
    },
    get: (key) => records.get(key)?.status,
    problems: problems.problems,
  };
}
