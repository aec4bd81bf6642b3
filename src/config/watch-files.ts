/**
 * Notices that a file of the configuration changed: content, replacement by rename, or Kubernetes' swap of the
 * symbolic link it stands behind. The daemon reloads then. It asks the file system every other second instead of
 * waiting for its events, which network and overlay file systems do not deliver and which name the link, not the file.
 */
import { readdir, stat } from 'node:fs/promises';

const PAUSE_MS = 2_000;

export interface FileWatch {
  /** From now on these files and folders. */
  readonly update: (paths: readonly string[]) => Promise<void>;
  readonly close: () => void;
}

/** `onChange` is told the paths that differ from the last time; it is not called again before it has ended. */
export function watchFiles(onChange: (paths: readonly string[]) => Promise<void>): FileWatch {
  let fingerprints = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const arm = (): void => {
    if (!closed) timer = setTimeout(() => void compare().finally(arm), PAUSE_MS);
    timer?.unref();
  };
  const compare = async (): Promise<void> => {
    const watched = fingerprints;
    const current = await fingerprint([...watched.keys()]);
    // An update in between has made its own comparison point.
    if (closed || watched !== fingerprints) return;
    const changed = [...current].filter(([path, mark]) => watched.get(path) !== mark).map(([path]) => path);
    fingerprints = current;
    if (changed.length > 0) await onChange(changed);
  };
  arm();

  return {
    update: async (paths) => {
      fingerprints = await fingerprint(paths);
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

async function fingerprint(paths: readonly string[]): Promise<Map<string, string>> {
  return new Map(await Promise.all(paths.map(async (path) => [path, await markOf(path)] as const)));
}

/** Which file stands behind the name, and its last change; of a folder, the names in it. */
async function markOf(path: string): Promise<string> {
  try {
    const entry = await stat(path, { bigint: true });
    const names = entry.isDirectory() ? (await readdir(path)).sort().join('/') : '';
    return [entry.dev, entry.ino, entry.size, entry.mtimeNs, entry.ctimeNs, names].join(' ');
  } catch {
    return 'absent';
  }
}
