/**
 * Returns what has changed about the apps' tokens since the last call: counters, expiry times and refusals, but never a
 * token. Used by `memory-beat.ts`.
 */
import type { TokenMemory } from './model/memory.ts';
import type { AppTokenState } from './model/status.ts';

export interface TokenNotes {
  readonly take: () => readonly TokenMemory[];
}

export function createTokenNotes(states: () => readonly AppTokenState[]): TokenNotes {
  const taken = new Map<string, string>();
  return {
    take: () =>
      states().flatMap((state) => {
        const text = JSON.stringify(state);
        if (taken.get(state.app) === text) return [];
        taken.set(state.app, text);
        return [{ app: state.app, state }];
      }),
  };
}
