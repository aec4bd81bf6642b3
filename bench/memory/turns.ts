/** Counts the turns of the daemon's event loop by their CPU time in whole milliseconds. Used by `bench/memory.ts`. */
import type { LoopPart } from './watch-loop.ts';

export type Turns = ReadonlyMap<number, number>;

/** Returns the turns that ended after `since`, in epoch milliseconds. */
export function turnsOf(
  parts: readonly LoopPart[],
  since: number,
): {
  readonly turns: Turns;
  /** Without garbage collection. */
  readonly own: Turns;
  readonly gcMs: number;
} {
  const turns = parts.flatMap((part) => part.turns).filter(({ at }) => at > since);
  return {
    turns: countsOf(turns.map(({ ms }) => ms)),
    own: countsOf(turns.map(({ ownMs }) => ownMs)),
    gcMs: Math.max(0, ...parts.map(({ worstGcMs }) => worstGcMs)),
  };
}

function countsOf(times: readonly number[]): Turns {
  const counts = new Map<number, number>();
  for (const ms of times) counts.set(ms, (counts.get(ms) ?? 0) + 1);
  return counts;
}

export function total(turns: Turns): number {
  return [...turns.values()].reduce((sum, count) => sum + count, 0);
}

export function over(turns: Turns, limitMs: number): number {
  return total(new Map([...turns].filter(([ms]) => ms > limitMs)));
}

export function percentile(turns: Turns, share: number): number {
  let left = total(turns) * (1 - share);
  for (const ms of [...turns.keys()].sort((a, b) => b - a)) {
    left -= turns.get(ms) ?? 0;
    if (left < 0) return ms;
  }
  return 0;
}

export function longest(turns: Turns): number {
  return Math.max(0, ...turns.keys());
}
