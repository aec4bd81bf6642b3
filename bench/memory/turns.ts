/** Counts the turns of the daemon's event loop by their CPU time in whole milliseconds. Used by `bench/memory.ts`. */
import type { LoopPart, TurnCounts } from './watch-loop.ts';

export type Turns = ReadonlyMap<number, number>;

export function turnsOf(parts: readonly LoopPart[]): {
  readonly turns: Turns;
  /** Without garbage collection. */
  readonly own: Turns;
  readonly gcMs: number;
} {
  return {
    turns: sumOf(parts.map(({ turns }) => turns)),
    own: sumOf(parts.map(({ own }) => own)),
    gcMs: Math.max(0, ...parts.map(({ worstGcMs }) => worstGcMs)),
  };
}

function sumOf(counts: readonly TurnCounts[]): Turns {
  const sum = new Map<number, number>();
  for (const part of counts)
    for (const [ms, count] of Object.entries(part)) sum.set(Number(ms), (sum.get(Number(ms)) ?? 0) + count);
  return sum;
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
