/**
 * When is each target due next? Keeps the next tick of every entry, and one timer for all of them. When a tick is due,
 * the agenda sets the entry's next regular tick and calls `onDue`. Used by the scheduler.
 */
import { createDueHeap } from './due-heap.ts';
import type { Entry, Tick } from './entry.ts';
import { nextInRhythm } from './rhythm.ts';

export interface Agenda {
  readonly set: (tick: Tick) => void;
  /** Sets the timer for the earliest tick. Must be called after one or more calls of `set`. */
  readonly setTimer: () => void;
  readonly clear: () => void;
}

export interface AgendaOptions {
  readonly onDue: (due: readonly Tick[]) => void;
  readonly random: () => number;
  readonly jitter: number;
}

/** The longest delay that `setTimeout` accepts. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

export function createAgenda({ onDue, random, jitter }: AgendaOptions): Agenda {
  const originMs = performance.now();
  const ticks = createDueHeap<Tick>();
  let timer: { readonly dueMs: number; readonly handle: NodeJS.Timeout } | undefined;

  const set = (tick: Tick): void => {
    tick.entry.next = tick;
    ticks.push(tick);
  };
  const setInRhythm = (entry: Entry, afterMs: number): void => {
    const { intervalMs } = entry.target;
    const dueMs = nextInRhythm(originMs, intervalMs, entry.share, afterMs) + random() * jitter * intervalMs;
    set({ entry, dueMs, inRhythm: true, urgency: 'waiting' });
  };
  const takeDue = (): void => {
    timer = undefined;
    const nowMs = performance.now();
    const due: Tick[] = [];
    for (let tick = ticks.peek(); tick !== undefined && tick.dueMs <= nowMs; tick = ticks.peek()) {
      ticks.pop();
      const { entry, inRhythm } = tick;
      if (entry.next !== tick) continue;
      due.push(tick);
      setInRhythm(entry, inRhythm ? nowMs : nowMs + entry.target.intervalMs / 2);
    }
    onDue(due);
    setTimer();
  };
  const setTimer = (): void => {
    const dueMs = ticks.peek()?.dueMs;
    if (timer?.dueMs === dueMs) return;
    clearTimeout(timer?.handle);
    timer = undefined;
    if (dueMs === undefined) return;
    const delayMs = Math.min(Math.max(0, Math.ceil(dueMs - performance.now())), LONGEST_DELAY_MS);
    timer = { dueMs, handle: setTimeout(takeDue, delayMs) };
  };

  return {
    set,
    setTimer,
    clear: () => {
      ticks.clear();
      setTimer();
    },
  };
}
