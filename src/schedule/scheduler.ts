/**
 * When is each target probed? Runs `probe` for each target at its due times, as the gate admits them. The daemon makes
 * one scheduler; it does not know what a probe does. Works on the monotonic clock: a jump of the wall clock, or a machine
 * that slept, changes nothing.
 */
import { isDeepStrictEqual } from 'node:util';
import { targetKey, type Target } from '../model/target.ts';
import { type AdaptiveCaps, createAdaptiveCaps, type Outcome } from './adaptive-caps.ts';
import { measuredShortfalls, type Shortfall } from './capacity.ts';
import type { Concurrency } from './caps.ts';
import { createDueHeap } from './due-heap.ts';
import { createGate } from './gate.ts';
import { createLateness } from './lateness.ts';
import { firstProbeWindowMs, nextInRhythm, shareOf } from './rhythm.ts';

/**
 * `soonMs`: probe again in this many milliseconds, out of turn. Sooner than the next due probe, it is an additional one;
 * later, the probes before it are left out (a server asked us to wait). `urgent`: then ahead of the queue, because a
 * verdict waits for it. `outcome`: what the caps follow.
 */
export interface NextProbe {
  readonly outcome?: Outcome | undefined;
  readonly soonMs?: number;
  readonly urgent?: boolean;
}

export interface SchedulerOptions {
  readonly probe: (target: Target, signal: AbortSignal) => Promise<NextProbe | void>;
  readonly concurrency: Concurrency;
  /** Called when `probe` rejects, which is a bug. */
  readonly onBug: (error: unknown) => void;
  /** For tests: a number from 0 up to but not including 1. */
  readonly random?: () => number;
  /** A probe starts later at random, by up to this share of its interval. Under 1; 0.1 by default. */
  readonly jitter?: number;
}

export interface Scheduler {
  /**
   * Replaces the targets. A target with unchanged settings keeps its due times and its probe under way; one that changed
   * is treated as a new one.
   */
  readonly update: (targets: readonly Target[], concurrency?: Concurrency) => void;
  /** The same in short steps, so that the caller can do other work in between. */
  readonly updateInSteps: (targets: readonly Target[], concurrency?: Concurrency) => Iterable<void>;
  /**
   * Probes now, ahead of the queue. Joins a probe that is queued or under way. Resolves when it has ended; at once for a
   * target that is not scheduled.
   */
  readonly runNow: (target: Target) => Promise<void>;
  /** The longest delay of a probe's start over the last minute, in seconds, including probes that still wait. */
  readonly lagSeconds: () => number;
  /** Probes start too late for their interval, and have for minutes. Ask at least once a minute. */
  readonly overload: () => Overload | undefined;
  /** What is due and what may run, in total and by app. */
  readonly loads: AdaptiveCaps['loads'];
  /** Aborts the probes under way; resolves when they have ended, within a second even if they have not. */
  readonly close: () => Promise<void>;
}

export interface Overload {
  readonly lateSeconds: number;
  /** Worst first. None where the caps are not what holds the probes up: this process lacks time. */
  readonly shortfalls: readonly Shortfall[];
}

interface Entry {
  target: Target;
  readonly key: string;
  readonly share: number;
  state: 'idle' | 'waiting' | 'urgent' | 'looking';
  /** The only valid tick; older ones may still be in the heap. */
  next?: Tick;
  /** When the waiting probe was due. */
  dueMs: number;
  /** Aborts the probe under way. */
  controller?: AbortController;
  /** Resolves when the queued or running probe ends. */
  ended?: PromiseWithResolvers<void>;
}

interface Tick {
  readonly entry: Entry;
  readonly dueMs: number;
  /** The first probe and a probe out of turn are outside the regular due times. */
  readonly inRhythm: boolean;
  readonly urgency: Urgency;
}

type Urgency = 'urgent' | 'waiting';

/** The longest delay that `setTimeout` takes. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;
const LONGEST_TURN_MS = 4;
/** How long `close` waits for the probes under way. */
const GRACE_MS = 900;

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { probe, concurrency, onBug, random = Math.random, jitter = 0.1 } = options;
  const originMs = performance.now();
  const entries = new Map<string, Entry>();
  const ticks = createDueHeap<Tick>();
  const caps = createAdaptiveCaps(concurrency);
  const gate = createGate<Entry>(caps);
  const lateness = createLateness(gate.waitingLongest);
  let timer: { readonly dueMs: number; readonly handle: NodeJS.Timeout } | undefined;
  let startingMore: NodeJS.Immediate | undefined;
  let allEnded: PromiseWithResolvers<void> | undefined;
  let closing: Promise<void> | undefined;

  function schedule(entry: Entry, dueMs: number, inRhythm: boolean, urgency: Urgency = 'waiting'): void {
    entry.next = { entry, dueMs, inRhythm, urgency };
    ticks.push(entry.next);
  }

  function scheduleInRhythm(entry: Entry, afterMs: number): void {
    const { intervalMs } = entry.target;
    const dueMs = nextInRhythm(originMs, intervalMs, entry.share, afterMs);
    schedule(entry, dueMs + random() * jitter * intervalMs, true);
  }

  /** One timer for all targets, set for the first tick. */
  function setTimer(): void {
    const dueMs = ticks.peek()?.dueMs;
    if (timer?.dueMs === dueMs) return;
    clearTimeout(timer?.handle);
    timer = undefined;
    if (dueMs === undefined) return;
    const delayMs = Math.min(Math.max(0, Math.ceil(dueMs - performance.now())), LONGEST_DELAY_MS);
    timer = { dueMs, handle: setTimeout(queueWhatIsDue, delayMs) };
  }

  function queueWhatIsDue(): void {
    timer = undefined;
    const nowMs = performance.now();
    for (let tick = ticks.peek(); tick !== undefined && tick.dueMs <= nowMs; tick = ticks.peek()) {
      ticks.pop();
      const { entry, dueMs, inRhythm, urgency } = tick;
      if (entry.next !== tick) continue;
      // A probe that outlasts its interval is not followed by another at once: this one is left out.
      if (entry.state === 'idle') queue(entry, urgency, dueMs);
      scheduleInRhythm(entry, inRhythm ? nowMs : nowMs + entry.target.intervalMs / 2);
    }
    startWhatMay();
    setTimer();
  }

  function queue(entry: Entry, urgency: Urgency, dueMs: number): void {
    gate.unqueue(entry);
    gate.queue(entry, urgency);
    entry.state = urgency;
    entry.dueMs = dueMs;
  }

  /** Fifty probes that begin in one turn of the event loop would stop it for that long. */
  function startWhatMay(): void {
    const beganMs = performance.now();
    for (let entry = gate.admit(); entry !== undefined; entry = gate.admit()) {
      void run(entry);
      if (performance.now() - beganMs < LONGEST_TURN_MS) continue;
      startingMore ??= setImmediate(() => {
        startingMore = undefined;
        startWhatMay();
      });
      return;
    }
  }

  async function run(entry: Entry): Promise<void> {
    const nowMs = performance.now();
    if (entry.state === 'waiting') lateness.record(entry, nowMs);
    entry.state = 'looking';
    entry.controller = new AbortController();

    const next = await probeSafely(entry.target, entry.controller.signal);

    noteOutcome(entry, next?.outcome, nowMs);
    gate.leave(entry);
    entry.state = 'idle';
    delete entry.controller;
    tellEnded(entry);
    if (next?.soonMs !== undefined && entries.get(entry.key) === entry) {
      const dueMs = performance.now() + next.soonMs * (1 + random() * jitter);
      schedule(entry, dueMs, false, next.urgent === true ? 'urgent' : 'waiting');
    }
    if (gate.underWay.size === 0) allEnded?.resolve();
    startWhatMay();
    setTimer();
  }

  function noteOutcome({ target: { app } }: Entry, outcome: Outcome | undefined, startedMs: number): void {
    const nowMs = performance.now();
    if (outcome !== undefined)
      caps.note(app.id, outcome, (nowMs - startedMs) / 1_000, gate.underWayOf(app.id));
    caps.review(nowMs);
  }

  async function probeSafely(target: Target, signal: AbortSignal): Promise<NextProbe | void> {
    try {
      return await probe(target, signal);
    } catch (error) {
      onBug(error);
      return undefined;
    }
  }

  function tellEnded(entry: Entry): void {
    entry.ended?.resolve();
    delete entry.ended;
  }

  /** A probe under way continues until it obeys the signal, and blocks its mailbox until then. */
  function drop(entry: Entry, reason: string): void {
    entries.delete(entry.key);
    delete entry.next;
    gate.unqueue(entry);
    if (entry.controller === undefined) tellEnded(entry);
    else entry.controller.abort(new DOMException(reason, 'AbortError'));
  }

  function* updateInSteps(targets: readonly Target[], next?: Concurrency): Iterable<void> {
    if (next !== undefined) caps.setRanges(next);
    caps.setFleet(targets);
    const wanted = new Map(targets.map((target) => [targetKey(target), target]));
    yield;
    for (const entry of entries.values()) {
      const target = wanted.get(entry.key);
      if (target === entry.target) continue;
      if (isDeepStrictEqual(target, entry.target)) entry.target = target ?? entry.target;
      else drop(entry, 'the target was removed or changed');
      yield;
    }
    const added = [...wanted].filter(([key]) => !entries.has(key));
    const nowMs = performance.now();
    for (const [key, target] of added) {
      if (closing !== undefined) return;
      const entry: Entry = { target, key, share: shareOf(key), state: 'idle', dueMs: nowMs };
      entries.set(key, entry);
      schedule(entry, nowMs + entry.share * firstProbeWindowMs(added.length, target.intervalMs), false);
      setTimer();
      yield;
    }
    startWhatMay();
    setTimer();
  }

  async function close(): Promise<void> {
    ticks.clear();
    setTimer();
    for (const entry of entries.values()) drop(entry, 'shutting down');
    if (gate.underWay.size === 0) return;
    allEnded = Promise.withResolvers();
    const grace = setTimeout(allEnded.resolve, GRACE_MS);
    await allEnded.promise;
    clearTimeout(grace);
    gate.underWay.forEach(tellEnded);
  }

  return {
    update: (targets, next) => void [...updateInSteps(targets, next)],
    updateInSteps,

    async runNow(target) {
      const entry = entries.get(targetKey(target));
      if (entry === undefined) return;
      if (entry.state === 'idle' || entry.state === 'waiting') queue(entry, 'urgent', performance.now());
      entry.ended ??= Promise.withResolvers();
      const { promise } = entry.ended;
      startWhatMay();
      await promise;
    },

    lagSeconds: () => lateness.seconds(performance.now()),

    overload() {
      const nowMs = performance.now();
      if (!lateness.isOverloaded(nowMs)) return undefined;
      const { total, apps } = caps.loads();
      return { lateSeconds: lateness.seconds(nowMs), shortfalls: measuredShortfalls(total, apps) };
    },

    loads: caps.loads,

    close: async () => await (closing ??= close()),
  };
}
