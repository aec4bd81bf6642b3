/** The scheduler's record of a target: when it is due, whether it waits, and the probe under way. */
import type { Target } from '../model/target.ts';

export interface Entry {
  target: Target;
  readonly key: string;
  readonly share: number;
  state: 'idle' | Urgency | 'probing';
  /** The only valid tick; older ones may still be in the heap. */
  next?: Tick;
  /** When the waiting probe was due. */
  dueMs: number;
  /** Aborts the probe under way. */
  controller?: AbortController;
  /** Resolves when the queued or running probe ends. */
  ended?: PromiseWithResolvers<void>;
}

export interface Tick {
  readonly entry: Entry;
  readonly dueMs: number;
  /** The first probe and a probe out of turn are outside the regular due times. */
  readonly inRhythm: boolean;
  readonly urgency: Urgency;
}

export type Urgency = 'urgent' | 'waiting';

/** Resolves the promise of callers that wait for the end of its probe. */
export function resolveEnded(entry: Entry): void {
  entry.ended?.resolve();
  delete entry.ended;
}
