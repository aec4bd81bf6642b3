/**
 * Reads regular files, with a limit of size and a limit of time, so that no file blocks the process. Create it once per
 * process, because all reads share the thread pool of the process.
 */
import { resolve } from 'node:path';
import type { Files } from '../model/files.ts';
import { createFileQueue, type QueueLimits } from './file-queue.ts';
import { type FileSystem, systemFiles } from './system-files.ts';

const LIMITS: QueueLimits = { timeoutMs: 5_000, mostHung: 2 };

export function createFiles(system: FileSystem = systemFiles, limits = LIMITS): Files {
  const queue = createFileQueue(limits, {
    regionOf: (path) => mountOf(path, system.mountPoints()),
    work: system.work,
  });
  return {
    read: async (path, limitBytes) => {
      const full = resolve(path);
      return await queue(full, async () => await system.read(full, limitBytes));
    },
    list: async (folder) => {
      const full = resolve(folder);
      return await queue(full, async () => await system.list(full));
    },
    fingerprint: async (path) => {
      const full = resolve(path);
      return await queue(full, async () => await system.fingerprint(full));
    },
  };
}

/**
 * Returns the mount point of the path, because all files of a mount point hang at the same time. For a path on the root
 * file system, or behind a symbolic link, returns the path itself.
 */
function mountOf(path: string, mountPoints: readonly string[]): string {
  return (
    mountPoints
      .filter((point) => point !== '/' && (path === point || path.startsWith(`${point}/`)))
      .reduce((longest, point) => (point.length > longest.length ? point : longest), '') || path
  );
}
