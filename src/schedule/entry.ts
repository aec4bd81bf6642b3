/** The scheduler's record of a target: when it is due, whether it waits, and the probe under way. */
import type { Target } from '../model/target.ts';
import { shareOf } from './rhythm.ts';

export interface Entry {
  target: Target;
  readonly key: string;
  readonly share: number;
  state: 'idle' | Urgency | 'probing';
  /** The only valid tick. Older ones may still be in the heap. */
  next: Tick | undefined;
  /** When the waiting probe was due. */
  dueMs: number;
  /** Aborts the probe under way. */
  controller: AbortController | undefined;
  /** Resolves when the queued or running probe ends. */
  ended: PromiseWithResolvers<void> | undefined;
}

export interface Tick {
  readonly entry: Entry;
  readonly dueMs: number;
  /** False for the first probe and for a probe out of turn, which are outside the regular due times. */
  readonly inRhythm: boolean;
  readonly urgency: Urgency;
}

export type Urgency = 'urgent' | 'waiting';

export function newEntry(target: Target, key: string, nowMs: number): Entry {
  return {
    target,
    key,
    share: shareOf(key),
    state: 'idle',
    next: undefined,
    dueMs: nowMs,
    controller: undefined,
    ended: undefined,
  };
}

/** Resolves the promise of callers that wait for the end of the entry's probe. */
export function resolveEnded(entry: Entry): void {
  entry.ended?.resolve();
  entry.ended = undefined;
}
