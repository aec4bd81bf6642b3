/** Counts the turns of the daemon's event loop by their CPU time in whole milliseconds. Used by `bench/memory.ts`. */
import type { LoopPart } from './watch-loop.ts';

export type Turns = ReadonlyMap<number, number>;

export function turnsOf(parts: readonly LoopPart[]): { readonly turns: Turns; readonly gcMs: number } {
  const turns = new Map<number, number>();
  let gcMs = 0;
  for (const part of parts) {
    gcMs = Math.max(gcMs, part.worstGcMs);
    for (const [ms, count] of Object.entries(part.turns))
      turns.set(Number(ms), (turns.get(Number(ms)) ?? 0) + count);
  }
  return { turns, gcMs };
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
