/**
 * Detects that a file of the configuration changed: its content, a replacement by rename, or Kubernetes' swap of a
 * symbolic link in its path. The daemon reloads then. It polls every other second instead of using file-system events:
 * network and overlay file systems do not deliver them, and they name the link, not the file.
 */
import { FileError, type Files } from '../model/files.ts';

const PAUSE_MS = 2_000;

export interface FileWatch {
  /** Call before reading: a change after this moment is reported. */
  readonly refresh: () => Promise<void>;
  /** Replaces the files and folders. */
  readonly update: (paths: readonly string[]) => Promise<void>;
  readonly close: () => void;
}

type Marks = ReadonlyMap<string, string>;

/** `onChange` gets the paths that changed since the last call; it is not called again before it has ended. */
export function watchFiles(files: Files, onChange: (paths: readonly string[]) => Promise<void>): FileWatch {
  let marks: Marks = new Map();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const arm = (): void => {
    if (!closed) timer = setTimeout(() => void compare().finally(arm), PAUSE_MS);
    timer?.unref();
  };
  const compare = async (): Promise<void> => {
    const watched = marks;
    const current = await marksOf([...watched.keys()], watched, files);
    // An update in between has taken its own baseline.
    if (closed || watched !== marks) return;
    const changed = [...current].filter(([path, mark]) => watched.get(path) !== mark).map(([path]) => path);
    marks = current;
    if (changed.length > 0) await onChange(changed);
  };
  arm();

  return {
    refresh: async () => {
      marks = await marksOf([...marks.keys()], marks, files);
    },
    update: async (paths) => {
      const known = marks;
      const fresh = paths.filter((path) => !known.has(path));
      const added = await marksOf(fresh, known, files);
      marks = new Map(paths.map((path) => [path, known.get(path) ?? added.get(path) ?? 'absent']));
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

async function marksOf(paths: readonly string[], before: Marks, files: Files): Promise<Marks> {
  return new Map(
    await Promise.all(
      paths.map(async (path) => [path, await markOf(path, before.get(path), files)] as const),
    ),
  );
}

/**
 * A file that stops answering counts as changed, so that the reload reports it. A file that was not read counts as
 * unchanged.
 */
async function markOf(path: string, before: string | undefined, files: Files): Promise<string> {
  try {
    return await files.fingerprint(path);
  } catch (error) {
    const code = error instanceof FileError ? error.code : 'absent';
    if (code === 'file-not-tried') return before ?? code;
    return code === 'file-hangs' ? code : 'absent';
  }
}
