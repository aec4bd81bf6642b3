/**
 * A scheduler under fake timers whose probes are recorded: when each started and ended, how many were under way.
 * A probe takes `probeMs` (of its target, where it is a function) and heeds its signal unless told otherwise.
 */
import { expect, vi } from 'vitest';
import { targetKey, type Target } from '../../src/model/target.ts';
import { concurrencyOf, type ConcurrencySettings } from '../../src/schedule/caps.ts';
import type { NextProbe } from '../../src/schedule/next-probe.ts';
import { createScheduler, type Scheduler, type SchedulerOptions } from '../../src/schedule/scheduler.ts';

export interface RecordedProbe {
  readonly target: Target;
  readonly key: string;
  readonly startMs: number;
  endMs?: number;
  readonly signal: AbortSignal;
}

export interface Recorder {
  readonly scheduler: Scheduler;
  readonly probes: RecordedProbe[];
  readonly bugs: unknown[];
  readonly most: { underWay: number; ofOneApp: number };
  readonly startsOf: (target: Target) => readonly number[];
}

export interface RecorderOptions extends Partial<Omit<SchedulerOptions, 'concurrency'>> {
  /** Absent: 100 of each. */
  readonly concurrency?: ConcurrencySettings;
  readonly probeMs?: number | ((target: Target) => number);
  readonly next?: (target: Target) => NextProbe | void;
  readonly deaf?: boolean;
}

/** Milliseconds are counted from the scheduler's start. */
export function recordProbes(options: RecorderOptions = {}): Recorder {
  const { probeMs = 1_000, next = () => {}, deaf = false, concurrency, ...rest } = options;
  const originMs = performance.now();
  const probes: RecordedProbe[] = [];
  const bugs: unknown[] = [];
  const underWay = new Map<string, string>();
  const most = { underWay: 0, ofOneApp: 0 };

  const probe = async (target: Target, signal: AbortSignal): Promise<NextProbe | void> => {
    const record: RecordedProbe = {
      target,
      key: targetKey(target),
      startMs: performance.now() - originMs,
      signal,
    };
    probes.push(record);
    const { id } = target.mailbox;
    expect(underWay.has(id), `a second probe of ${id}`).toBe(false);
    underWay.set(id, target.app.id);
    most.underWay = Math.max(most.underWay, underWay.size);
    const ofApp = [...underWay.values()].filter((app) => app === target.app.id).length;
    most.ofOneApp = Math.max(most.ofOneApp, ofApp);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, typeof probeMs === 'function' ? probeMs(target) : probeMs);
      signal.addEventListener('abort', () => {
        if (deaf) return;
        clearTimeout(timer);
        resolve();
      });
    });
    underWay.delete(id);
    record.endMs = performance.now() - originMs;
    return next(target);
  };

  const scheduler = createScheduler({
    probe,
    concurrency: concurrencyOf(concurrency ?? { total: 100, perApp: 100 }),
    onBug: (error) => bugs.push(error),
    random: () => 0,
    ...rest,
  });
  return {
    scheduler,
    probes,
    bugs,
    most,
    startsOf: (target) => probes.filter(({ key }) => key === targetKey(target)).map(({ startMs }) => startMs),
  };
}

export async function passMs(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}
