/** The scheduler's record of a target: when it is due, whether it waits to start, and its probe under way. */
import type { Target } from '../model/target.ts';
import { shareOf } from './rhythm.ts';

export interface Entry {
  target: Target;
  readonly key: string;
  readonly share: number;
  state: 'idle' | Urgency | 'probing';
  /** The only valid tick. The heap may still hold older ticks of this entry. */
  next: Tick | undefined;
  /** The time when the waiting probe was due. */
  dueMs: number;
  controller: AbortController | undefined;
  /** Resolves when the queued or running probe ends. */
  ended: PromiseWithResolvers<void> | undefined;
}

export interface Tick {
  readonly entry: Entry;
  readonly dueMs: number;
  /** True for a regular due time. False for the first probe and for an extra probe. */
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

export function resolveEnded(entry: Entry): void {
  entry.ended?.resolve();
  entry.ended = undefined;
}
