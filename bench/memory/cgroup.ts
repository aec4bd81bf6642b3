/**
 * Creates a control group (version 1 or 2) with a memory limit for one process, below the group of this process.
 * Returns undefined if that is not possible, such as without root or outside of Linux. Used by `bench/memory.ts`.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../test/support/until.ts';

export interface MemoryGroup {
  /** A process joins the group by writing its id into this file. */
  readonly processes: string;
  /** Returns the highest memory of the group in bytes, page cache included. */
  readonly most: () => number;
  /** Waits until the last process in the group has ended, and removes the group. */
  readonly remove: () => Promise<void>;
}

export function createMemoryGroup(limitBytes: number): MemoryGroup | undefined {
  try {
    const groups = readFileSync('/proc/self/cgroup', 'utf8');
    const first = /^\d+:(?:[\w,]*,)?memory(?:,[\w,]*)?:(.*)$/m.exec(groups)?.[1];
    if (first !== undefined && existsSync('/sys/fs/cgroup/memory')) {
      const parent = join('/sys/fs/cgroup/memory', first);
      return createGroup(parent, 'memory.limit_in_bytes', 'memory.max_usage_in_bytes', limitBytes);
    }
    const second = /^0::(.*)$/m.exec(groups)?.[1];
    if (second === undefined) return undefined;
    return createGroup(join('/sys/fs/cgroup', second), 'memory.max', 'memory.peak', limitBytes);
  } catch {
    return undefined;
  }
}

function createGroup(parent: string, limit: string, peak: string, limitBytes: number): MemoryGroup {
  const folder = join(parent, `mailprobe-bench-${process.pid}`);
  mkdirSync(folder);
  writeFileSync(join(folder, limit), String(limitBytes));
  const processes = join(folder, 'cgroup.procs');
  return {
    processes,
    most: () => Number(readFileSync(join(folder, peak), 'utf8')),
    remove: async () => {
      await until('the control group to be empty', () => readFileSync(processes, 'utf8') === '' || undefined);
      rmdirSync(folder);
    },
  };
}
