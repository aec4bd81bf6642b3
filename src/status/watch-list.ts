/**
 * Keeps which targets are watched, and since when. Takes the configured targets, restores their stored states, and
 * reports when a watch begins or ends. Used by the status store.
 */
import type { StateChange, TargetMemory } from '../model/memory.ts';
import { targetKey, type Target } from '../model/target.ts';
import type { ProblemIndex } from './problem-index.ts';
import { createRemembered } from './remembered.ts';
import { removalOf } from './state-changes.ts';
import { memoryOf } from './target-memory.ts';
import type { TargetRecord } from './target-record.ts';
import type { TargetTable } from './target-table.ts';

export interface WatchListParts {
  readonly table: Pick<TargetTable, 'update' | 'get' | 'records'>;
  readonly problems: Pick<ProblemIndex, 'update'>;
  readonly onChanged: (record: TargetRecord) => void;
  readonly onStateChange: ((change: StateChange) => void) | undefined;
}

export interface WatchList {
  /** Takes what the previous process stored. It must be called before the first `update`. */
  readonly restore: (memories: readonly TargetMemory[]) => void;
  /** Replaces the watched targets in steps, so that the caller can do other work in between. */
  readonly update: (targets: readonly Target[], now: number) => Iterable<void>;
  /** Restarts the watch of every target from its stored state. Returns the previous records. */
  readonly beginAnew: (memories: readonly TargetMemory[], now: number) => readonly TargetRecord[];
}

export function createWatchList({ table, problems, onChanged, onStateChange }: WatchListParts): WatchList {
  const remembered = createRemembered();

  const begin = (record: TargetRecord): void => {
    problems.update(targetKey(record.status.target), remembered.findingsOf(record));
    if (remembered.isNews(record)) onChanged(record);
  };
  const forgetRemoved = (now: number): void => {
    const removals = remembered.takeRemovals((key) => table.get(key) !== undefined, now);
    for (const change of removals) onStateChange?.(change);
  };

  return {
    restore: remembered.add,
    *update(targets, now) {
      for (const step of table.update(targets, (target) => remembered.begin(target, now))) {
        if (step !== undefined && 'gone' in step) {
          const memory = memoryOf(step.gone, []);
          problems.update(memory.key, []);
          if (!step.isConfigured) onStateChange?.(removalOf(memory, now));
        } else if (step !== undefined) begin(step.begun);
        yield;
      }
      forgetRemoved(now);
    },
    beginAnew(memories, now) {
      remembered.add(memories);
      const since = new Map(
        [...table.records()].map((one) => [targetKey(one.status.target), one.watchedSince]),
      );
      const beginOne = (target: Target): TargetRecord =>
        remembered.begin(target, since.get(targetKey(target)) ?? now);
      const gone = [...table.update([], beginOne)].flatMap((step) =>
        step !== undefined && 'gone' in step ? [step.gone] : [],
      );
      const targets = gone.map(({ status }) => status.target);
      for (const target of targets) problems.update(targetKey(target), []);
      for (const step of table.update(targets, beginOne))
        if (step !== undefined && 'begun' in step) begin(step.begun);
      forgetRemoved(now);
      return gone;
    },
  };
}
