/**
 * Measures how much CPU time each turn of the daemon's event loop takes, with and without garbage collection, and
 * writes ten lines a second into the file `MAILPROBE_BENCH_LOOP`. `bench/memory.ts` loads it into the daemon with
 * `--import`. It measures CPU time, because on a shared machine elapsed time includes the work of other processes.
 */
import { appendFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** The CPU time of a turn in whole milliseconds. */
export interface MeasuredTurn {
  /** When the turn ended, in epoch milliseconds. */
  readonly at: number;
  readonly ms: number;
  /** Without the collections in the turn: what the program itself takes. */
  readonly ownMs: number;
}

export interface LoopPart {
  readonly at: number;
  readonly turns: readonly MeasuredTurn[];
  readonly worstGcMs: number;
}

/** `from` and `to` are milliseconds of `performance.now()`. */
interface Turn {
  readonly from: number;
  readonly to: number;
  readonly cpuMs: number;
}

interface Collection {
  readonly from: number;
  readonly ms: number;
}

const TICK_MS = 5;
const WRITE_MS = 100;
const file = process.env['MAILPROBE_BENCH_LOOP'];

if (isMainThread && file !== undefined) {
  let turns: Turn[] = [];
  let collections: Collection[] = [];
  let last = { cpuMs: cpuMs(), at: performance.now() };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      collections.push({ from: startTime, ms: duration });
  }).observe({ entryTypes: ['gc'] });
  setInterval(() => {
    const now = { cpuMs: cpuMs(), at: performance.now() };
    turns.push({ from: last.at, to: now.at, cpuMs: now.cpuMs - last.cpuMs });
    last = now;
  }, TICK_MS).unref();
  setInterval(() => {
    // Node.js reports a collection some time after its turn, so the latest turns wait for the next line.
    const until = performance.now() - WRITE_MS;
    const ended = turns.filter(({ to }) => to <= until);
    turns = turns.filter(({ to }) => to > until);
    const past = collections.filter(({ from }) => from <= until);
    const part: LoopPart = {
      at: Date.now(),
      turns: ended.map((turn) => ({
        at: Math.round(performance.timeOrigin + turn.to),
        ms: Math.round(turn.cpuMs),
        ownMs: Math.round(ownMs(turn, past)),
      })),
      worstGcMs: Math.max(0, ...past.map(({ ms }) => ms)),
    };
    collections = collections.filter(({ from }) => from > until);
    appendFileSync(file, `${JSON.stringify(part)}\n`);
  }, WRITE_MS).unref();
}

/** Collections are measured in elapsed time. Their share of the elapsed time is taken for their share of the CPU time. */
function ownMs({ from, to, cpuMs }: Turn, collections: readonly Collection[]): number {
  let gcMs = 0;
  for (const one of collections) if (one.from >= from && one.from < to) gcMs += one.ms;
  return Math.max(0, cpuMs - gcMs * Math.min(1, cpuMs / (to - from)));
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
