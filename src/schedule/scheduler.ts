/**
 * When is each target probed? Calls `probe` for each target at its due times, as soon as the gate admits it. All times
 * are from the monotonic clock, because the wall clock can jump. The daemon makes one scheduler.
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
  /** Called if `probe` rejects, which is a bug. */
  readonly onBug: (error: unknown) => void;
  /** Returns a number of at least 0 and less than 1. Tests replace it. */
  readonly random?: () => number;
  /**
   * Each probe starts later by a random part of its interval, up to this share. Must be less than 1. The default is
   * 0.1.
   */
  readonly jitter?: number;
}

export interface Scheduler {
  /**
   * Replaces the targets. A target with unchanged settings keeps its due times and its probe under way. A changed
   * target is treated as a new one.
   */
  readonly update: (targets: readonly Target[], concurrency?: Concurrency) => void;
  /** Does the same as `update` in short steps. The caller can do other work between two steps. */
  readonly updateInSteps: (targets: readonly Target[], concurrency?: Concurrency) => Iterable<void>;
  /**
   * Probes now, ahead of the queue. If an urgent probe of the target already waits, or a probe of the target is under
   * way, starts no other probe. Resolves when the probe has ended, or at once if the target is not scheduled.
   */
  readonly runNow: (target: Target) => Promise<void>;
  /** The longest delay of a probe's start in the last minute, including probes that still wait. */
  readonly lagSeconds: () => number;
  /**
   * Returns the overload if probes have started too late for two minutes, otherwise undefined. Must be called at least
   * once a minute.
   */
  readonly overload: () => Overload | undefined;
  readonly loads: AdaptiveCaps['loads'];
  /** Aborts the probes under way. Resolves when all have ended, or after `GRACE_MS` even if they have not. */
  readonly close: () => Promise<void>;
}

export interface Overload {
  readonly lateSeconds: number;
  /** The worst first. If there are none, the probes are late for lack of CPU time. */
  readonly shortfalls: readonly Shortfall[];
}

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
    // A probe that is due while the last probe of its target still waits or runs is left out.
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
