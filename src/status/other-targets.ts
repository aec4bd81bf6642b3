/**
 * The targets that other replicas probe, as those replicas last stored them. With them, each replica can answer for all
 * targets. `other-replicas.ts` reads the store.
 */
import type { TargetMemory } from '../model/memory.ts';
import type { Problem, ProbeResult, StatusChange, TargetStatus } from '../model/status.ts';
import { targetKey, type Target } from '../model/target.ts';
import { createProblemIndex } from './problem-index.ts';
import { findingsIn, recordOf } from './target-memory.ts';
import { newRecord, type TargetRecord } from './target-record.ts';

export interface OtherTargets {
  /** Replaces the targets. An unchanged target keeps its state. */
  readonly update: (targets: readonly Target[], now: number) => void;
  /** Takes what the other replicas stored. Returns the states that changed. */
  readonly learn: (memories: readonly TargetMemory[], now: number) => readonly StatusChange[];
  /**
   * Takes the last probe of a target with all its stages, because the store keeps a successful probe without stages. It
   * is kept until a later probe of the target is stored.
   */
  readonly learnProbe: (key: string, probe: ProbeResult, now: number) => void;
  readonly get: (key: string) => TargetStatus | undefined;
  readonly problems: () => readonly Problem[];
}

export function createOtherTargets(): OtherTargets {
  const problems = createProblemIndex();
  const targets = new Map<string, Target>();
  const memories = new Map<string, TargetMemory>();
  const records = new Map<string, TargetRecord>();
  const probes = new Map<string, ProbeResult>();

  const show = (key: string, target: Target, now: number): void => {
    const memory = memories.get(key);
    const known = (memory && recordOf(memory, target, now)) ?? newRecord(target, now);
    const record = withWholeProbe(known, probes.get(key));
    if (record === known) probes.delete(key);
    records.set(key, record);
    problems.update(key, findingsIn(memory, record));
  };

  return {
    update: (next, now) => {
      const wanted = new Map(next.map((target) => [targetKey(target), target]));
      for (const key of targets.keys()) {
        if (wanted.has(key)) continue;
        for (const map of [targets, memories, records, probes]) map.delete(key);
        problems.update(key, []);
      }
      for (const [key, target] of wanted) {
        const isKnown = targets.get(key) === target;
        targets.set(key, target);
        if (!isKnown) show(key, target, now);
      }
    },
    learn: (learned, now) =>
      learned.flatMap((memory) => {
        const target = targets.get(memory.key);
        if (target === undefined) return [];
        const before = memories.has(memory.key) ? records.get(memory.key)?.status : undefined;
        memories.set(memory.key, memory);
        show(memory.key, target, now);
        return changeOf(before, records.get(memory.key)?.status, now);
      }),
    learnProbe: (key, probe, now) => {
      const target = targets.get(key);
      if (target === undefined) return;
      probes.set(key, probe);
      show(key, target, now);
    },
    get: (key) => records.get(key)?.status,
    problems: problems.problems,
  };
}

function withWholeProbe(record: TargetRecord, probe: ProbeResult | undefined): TargetRecord {
  const { status } = record;
  if (probe === undefined || status.lastProbe?.evidence.startedAt !== probe.evidence.startedAt) return record;
  return { ...record, status: { ...status, lastProbe: probe } };
}

function changeOf(
  before: TargetStatus | undefined,
  after: TargetStatus | undefined,
  now: number,
): readonly StatusChange[] {
  if (before === undefined || after?.lastProbe === undefined || before.confirmed === after.confirmed)
    return [];
  const { target, confirmedSince: at = now, lastProbe: probe } = after;
  return [{ target, from: before.confirmed, to: after.confirmed, at, probe }];
}
