/**
 * A memory limit for one process: a control group below the one that this process is in, version 1 or 2. Undefined
 * where none can be made: without root, or outside of Linux. Used by `bench/memory.ts`.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../test/support/until.ts';

export interface MemoryGroup {
  /** A process that writes its id here is in it. */
  readonly processes: string;
  /** Bytes, at most, page cache included. */
  readonly most: () => number;
  /** Once the last process in it has ended. */
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
