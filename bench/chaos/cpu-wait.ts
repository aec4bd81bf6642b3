/**
 * Measures how long the main thread of a process computed for an answer, and how long it waited for a CPU that other
 * processes used. On a busy machine, most of the time is such waiting. Used by the measurements of answers.
 */
import { readFileSync } from 'node:fs';

interface Sched {
  readonly cpuMs: number;
  readonly waitedMs: number;
}

/**
 * Returns the times since the start of the process, from the scheduler statistics of the Linux kernel. Both are 0 if
 * there are none.
 */
function schedOf(pid: number | 'self'): Sched {
  try {
    const [cpu, waited] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ').map(Number);
    return { cpuMs: (cpu ?? 0) / 1e6, waitedMs: (waited ?? 0) / 1e6 };
  } catch {
    return { cpuMs: 0, waitedMs: 0 };
  }
}

export interface Timed<T> {
  readonly value: T;
  readonly ms: number;
  /** The time without the waits for a CPU, both of the process that answers and of this process. */
  readonly ownMs: number;
  /** How long the process that answers waited for a CPU. */
  readonly waitedMs: number;
  /** How long the main thread of the process that answers computed meanwhile, including work for others. */
  readonly cpuMs: number;
}

export async function timeAnswer<T>(pid: number, ask: () => Promise<T>): Promise<Timed<T>> {
  const began = performance.now();
  const [daemon, self] = [schedOf(pid), schedOf('self')];
  const value = await ask();
  const ms = performance.now() - began;
  const [daemonNow, selfNow] = [schedOf(pid), schedOf('self')];
  const waitedMs = daemonNow.waitedMs - daemon.waitedMs;
  const bothWaitedMs = waitedMs + selfNow.waitedMs - self.waitedMs;
  return {
    value,
    ms,
    ownMs: Math.max(0, ms - bothWaitedMs),
    waitedMs,
    cpuMs: daemonNow.cpuMs - daemon.cpuMs,
  };
}
