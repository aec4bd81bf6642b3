/** State changes that are not written yet, by target. Part of `pending-changes.ts`. */
import type { StateChange } from '../model/memory.ts';

export interface PendingStateChanges {
  readonly add: (changes: readonly StateChange[]) => void;
  /**
   * Takes all changes of the `targets`, whose states are written now. A change must not be written later than the state
   * that follows from it. If there is room, takes changes of other targets for which `mayGo` returns true.
   */
  readonly take: (
    targets: readonly string[],
    room: number,
    mayGo: (target: string) => boolean,
  ) => readonly StateChange[];
  readonly putBack: (changes: readonly StateChange[]) => void;
  readonly dropApps: (isDropped: (app: string) => boolean) => void;
  readonly clear: () => void;
  readonly size: () => number;
}

/** For each target, at most this many of the latest changes are kept. */
const MOST_CHANGES = 32;

export function createPendingStateChanges(): PendingStateChanges {
  const byTarget = new Map<string, readonly StateChange[]>();
  const set = (key: string, changes: readonly StateChange[]): void => {
    byTarget.set(key, changes.slice(-MOST_CHANGES));
  };
  return {
    add: (changes) => {
      for (const change of changes) set(change.key, [...(byTarget.get(change.key) ?? []), change]);
    },
    take: (targets, room, mayGo) => {
      const taken: StateChange[] = [];
      const take = (key: string): void => {
        taken.push(...(byTarget.get(key) ?? []));
        byTarget.delete(key);
      };
      targets.forEach(take);
      for (const key of byTarget.keys()) {
        if (taken.length >= room) break;
        if (mayGo(key)) take(key);
      }
      return taken;
    },
    putBack: (taken) => {
      for (const [key, changes] of Map.groupBy(taken, ({ key }) => key))
        set(key, [...changes, ...(byTarget.get(key) ?? [])]);
    },
    dropApps: (isDropped) => {
      for (const [key, [first]] of byTarget)
        if (first !== undefined && isDropped(first.app)) byTarget.delete(key);
    },
    clear: () => byTarget.clear(),
    size: () => [...byTarget.values()].reduce((rows, changes) => rows + changes.length, 0),
  };
}
