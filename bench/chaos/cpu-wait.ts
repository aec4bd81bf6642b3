/**
 * How long the main thread of a process has waited for a CPU that others had: on a busy machine that is most of what a
 * request takes, and none of it is the daemon's. Used by what measures answers.
 */
import { readFileSync } from 'node:fs';

/** Milliseconds since its start, by sched-stats of the Linux kernel; 0 where there are none. */
export function cpuWaitMs(pid: number | 'self'): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

export interface Timed<T> {
  readonly value: T;
  readonly ms: number;
  /** Without what the process that answers, and this one, waited for a CPU. */
  readonly ownMs: number;
}

export async function timeAnswer<T>(pid: number, ask: () => Promise<T>): Promise<Timed<T>> {
  const began = performance.now();
  const waited = cpuWaitMs(pid) + cpuWaitMs('self');
  const value = await ask();
  const ms = performance.now() - began;
  return { value, ms, ownMs: Math.max(0, ms - (cpuWaitMs(pid) + cpuWaitMs('self') - waited)) };
}
