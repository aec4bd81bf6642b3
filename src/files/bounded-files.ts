/**
 * What stands in a file, without ever being held by it? The one reader of files: regular ones only, bounded in size
 * and in time. Made once for the process, at the rim, because the threads that it spares are the process' own.
 */
import { resolve } from 'node:path';
import type { Files } from '../model/files.ts';
import { createLane, type LaneLimits } from './lane.ts';
import { type FileSystem, systemFiles } from './system-files.ts';

const LIMITS: LaneLimits = { timeoutMs: 5_000, mostHung: 2 };

export function createFiles(system: FileSystem = systemFiles, limits = LIMITS): Files {
  const lane = createLane(limits, (path) => mountOf(path, system.mountPoints()));
  return {
    read: async (path, limitBytes) => {
      const full = resolve(path);
      return await lane(full, async () => await system.read(full, limitBytes));
    },
    list: async (folder) => {
      const full = resolve(folder);
      return await lane(full, async () => await system.list(full));
    },
    fingerprint: async (path) => {
      const full = resolve(path);
      return await lane(full, async () => await system.fingerprint(full));
    },
  };
}

/** What hangs with a file: all of its mount. On the root itself, or behind a link, no more is known than the file. */
function mountOf(path: string, mountPoints: readonly string[]): string {
  return (
    mountPoints
      .filter((point) => point !== '/' && (path === point || path.startsWith(`${point}/`)))
      .reduce((longest, point) => (point.length > longest.length ? point : longest), '') || path
  );
}
