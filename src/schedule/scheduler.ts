/**
 * When is each target probed? Runs `probe` for each target at its due times, as the gate admits them. The scheduler
 * does not know what a probe does. It works on the monotonic clock, so it is not affected if the wall clock jumps or
 * the machine sleeps. The daemon makes one scheduler.
 */
import { targetKey, type Target } from '../model/target.ts';
import { type AdaptiveCaps, createAdaptiveCaps } from './adaptive-caps.ts';
import { createAgenda } from './agenda.ts';
import { measuredShortfalls, type Shortfall } from './capacity.ts';
import type { Concurrency } from './caps.ts';
import { createEntries } from './entries.ts';
import { type Entry, resolveEnded, type Tick, type Urgency } from './entry.ts';
import { createGate, type Gate } from './gate.ts';
import { createLateness, type Lateness } from './lateness.ts';
import type { NextProbe } from './next-probe.ts';
import { createRunner } from './runner.ts';

export interface SchedulerOptions {
  readonly probe: (target: Target, signal: AbortSignal) => Promise<NextProbe | void>;
  readonly concurrency: Concurrency;
  /** Called when `probe` rejects, which is a bug. */
  readonly onBug: (error: unknown) => void;
  /** For tests: a number from 0 up to but not including 1. */
  readonly random?: () => number;
  /**
   * A probe starts later at random, by up to this share of its interval. Must be less than 1, and is 0.1 by default.
   */
  readonly jitter?: number;
}

export interface Scheduler {
  /**
   * Replaces the targets. A target with unchanged settings keeps its due times and its probe under way. A changed
   * target is treated as a new one.
   */
  readonly update: (targets: readonly Target[], concurrency?: Concurrency) => void;
  /** The same as `update`, in short steps, so that the caller can do other work in between. */
  readonly updateInSteps: (targets: readonly Target[], concurrency?: Concurrency) => Iterable<void>;
  /**
   * Probes now, ahead of the queue, or joins a probe that is already queued as urgent or under way. Resolves when the
   * probe has ended. Resolves at once for a target that is not scheduled.
   */
  readonly runNow: (target: Target) => Promise<void>;
  /** The longest delay of a probe's start over the last minute, in seconds, including probes that still wait. */
  readonly lagSeconds: () => number;
  /**
   * Returns the overload if probes have started too late for their interval for two minutes, or else undefined. Must be
   * called at least once a minute.
   */
  readonly overload: () => Overload | undefined;
  /** How many probes are due and how many may run, in total and by app. */
  readonly loads: AdaptiveCaps['loads'];
  /** Aborts the probes under way. Resolves when they have ended, or within a second even if they have not. */
  readonly close: () => Promise<void>;
}

export interface Overload {
  readonly lateSeconds: number;
  /** The worst first. Empty if the caps are not the reason for the delay, but a lack of CPU time. */
  readonly shortfalls: readonly Shortfall[];
}

/** How long `close` waits for the probes under way. */
const GRACE_MS = 900;

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { probe, concurrency, onBug, random = Math.random, jitter = 0.1 } = options;
  const caps = createAdaptiveCaps(concurrency);
  const gate = createGate<Entry>(caps);
  const lateness = createLateness(gate.waitingLongest);
  const agenda = createAgenda({ random, jitter, onDue: queueDue });
  const entries = createEntries({ gate, agenda, isClosing: () => closing !== undefined });
  const startWhatMay = createRunner({ gate, caps, lateness, probe, onBug, onEnded });
  const probes = createProbesUnderWay(gate);
  let closing: Promise<void> | undefined;

  function queueDue(due: readonly Tick[]): void {
    // If the last probe is still under way at the next due time, the due probe is left out.
    for (const { entry, urgency, dueMs } of due)
      if (entry.state === 'idle') queue(gate, entry, urgency, dueMs);
    startWhatMay();
  }

  function onEnded(entry: Entry, next: NextProbe | void): void {
    if (next?.soonMs !== undefined && entries.get(entry.key) === entry) {
      const dueMs = performance.now() + next.soonMs * (1 + random() * jitter);
      agenda.set({ entry, dueMs, inRhythm: false, urgency: next.urgent === true ? 'urgent' : 'waiting' });
      agenda.setTimer();
    }
    probes.oneEnded();
  }

  function* updateInSteps(targets: readonly Target[], next?: Concurrency): Iterable<void> {
    if (next !== undefined) caps.setRanges(next);
    caps.setFleet(targets);
    yield* entries.replace(targets);
    if (closing !== undefined) return;
    startWhatMay();
    agenda.setTimer();
  }

  async function close(): Promise<void> {
    agenda.clear();
    entries.dropAll('shutting down');
    await probes.ended();
  }

  return {
    update: (targets, next) => void [...updateInSteps(targets, next)],
    updateInSteps,
    async runNow(target) {
      const entry = entries.get(targetKey(target));
      if (entry === undefined) return;
      if (entry.state === 'idle' || entry.state === 'waiting')
        queue(gate, entry, 'urgent', performance.now());
      const { promise } = (entry.ended ??= Promise.withResolvers());
      startWhatMay();
      await promise;
    },
    lagSeconds: () => lateness.seconds(performance.now()),
    overload: () => overloadOf(lateness, caps),
    loads: caps.loads,
    close: async () => await (closing ??= close()),
  };
}

function queue(gate: Gate<Entry>, entry: Entry, urgency: Urgency, dueMs: number): void {
  gate.unqueue(entry);
  gate.queue(entry, urgency);
  entry.state = urgency;
  entry.dueMs = dueMs;
}

interface ProbesUnderWay {
  readonly oneEnded: () => void;
  /** Resolves when all have ended, or after `GRACE_MS` even if they have not. */
  readonly ended: () => Promise<void>;
}

function createProbesUnderWay({ underWay }: Pick<Gate<Entry>, 'underWay'>): ProbesUnderWay {
  let allEnded: PromiseWithResolvers<void> | undefined;
  return {
    oneEnded: () => {
      if (underWay.size === 0) allEnded?.resolve();
    },
    ended: async () => {
      if (underWay.size === 0) return;
      allEnded = Promise.withResolvers();
      const grace = setTimeout(allEnded.resolve, GRACE_MS);
      await allEnded.promise;
      clearTimeout(grace);
      underWay.forEach(resolveEnded);
    },
  };
}

function overloadOf(lateness: Lateness, caps: AdaptiveCaps): Overload | undefined {
  const nowMs = performance.now();
  if (!lateness.isOverloaded(nowMs)) return undefined;
  const { total, apps } = caps.loads();
  return { lateSeconds: lateness.seconds(nowMs), shortfalls: measuredShortfalls(total, apps) };
}
