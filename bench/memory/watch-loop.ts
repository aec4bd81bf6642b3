/**
 * Loaded into the daemon by `bench/memory.ts` with `--import`: how much of this thread's CPU passed between two turns of
 * its loop? Ten lines a second into the file `MAILPROBE_BENCH_LOOP`. CPU and not wall time: on a shared machine the
 * pauses on the wall are others', too.
 */
import { appendFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

export interface LoopPart {
  readonly at: number;
  /** Turns by whole milliseconds of CPU. */
  readonly turns: Readonly<Record<number, number>>;
  readonly worstGcMs: number;
}

const TICK_MS = 5;
const file = process.env['MAILPROBE_BENCH_LOOP'];

if (isMainThread && file !== undefined) {
  let turns: Record<number, number> = {};
  let worstGcMs = 0;
  let last = cpuMs();
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) worstGcMs = Math.max(worstGcMs, duration);
  }).observe({ entryTypes: ['gc'] });
  setInterval(() => {
    const now = cpuMs();
    const spent = Math.round(now - last);
    turns[spent] = (turns[spent] ?? 0) + 1;
    last = now;
  }, TICK_MS).unref();
  setInterval(() => {
    appendFileSync(file, `${JSON.stringify({ at: Date.now(), turns, worstGcMs } satisfies LoopPart)}\n`);
    turns = {};
    worstGcMs = 0;
  }, 100).unref();
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
