/**
 * Measures how much CPU time each turn of the daemon's event loop takes, and writes ten lines a second into the file
 * `MAILPROBE_BENCH_LOOP`. `bench/memory.ts` loads it into the daemon with `--import`. It measures CPU time, because on
 * a shared machine elapsed time includes the work of other processes.
 */
import { appendFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

export interface LoopPart {
  readonly at: number;
  /** The number of turns by their CPU time in whole milliseconds. */
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
