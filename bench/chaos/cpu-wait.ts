/**
 * What an answer took the daemon itself: how long its main thread computed, and how long it waited for a CPU that others
 * had, which on a busy machine is most of the time. Used by what measures answers.
 */
import { readFileSync } from 'node:fs';

interface Sched {
  readonly cpuMs: number;
  readonly waitedMs: number;
}

/** Since its start, by the scheduler statistics of the Linux kernel; 0 where there are none. */
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
  /** Without what the process that answers, and this one, waited for a CPU. */
  readonly ownMs: number;
  /** What the main thread of the process that answers computed meanwhile, for others too. */
  readonly cpuMs: number;
}

export async function timeAnswer<T>(pid: number, ask: () => Promise<T>): Promise<Timed<T>> {
  const began = performance.now();
  const [daemon, self] = [schedOf(pid), schedOf('self')];
  const value = await ask();
  const ms = performance.now() - began;
  const [daemonNow, selfNow] = [schedOf(pid), schedOf('self')];
  const waited = daemonNow.waitedMs - daemon.waitedMs + selfNow.waitedMs - self.waitedMs;
  return { value, ms, ownMs: Math.max(0, ms - waited), cpuMs: daemonNow.cpuMs - daemon.cpuMs };
}
