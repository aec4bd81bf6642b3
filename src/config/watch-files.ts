/**
 * Detects that a file of the configuration changed: its content, a replacement by rename, or Kubernetes' swap of a
 * symbolic link in its path. The daemon then reloads. The files are polled every two seconds. Events of the file system
 * would not suffice: network and overlay file systems do not deliver them, and an event names the link, not the file.
 */
import { FileError, type Files } from '../model/files.ts';

const PAUSE_MS = 2_000;

export interface FileWatch {
  /**
   * Takes the current state of all files as the baseline. Call this before the files are read, so that any later change
   * is reported.
   */
  readonly refresh: () => Promise<void>;
  /** Replaces the watched files and folders. Paths that were watched before keep their baseline. */
  readonly update: (paths: readonly string[]) => Promise<void>;
  readonly close: () => void;
}

type Marks = ReadonlyMap<string, string>;

/**
 * `onChange` gets the paths that changed since its last call. It is called again only when its last promise has
 * settled.
 */
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
    // During the comparison, `refresh` or `update` has set a new baseline.
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
 * Returns the mark of a file. If the mark differs from the one before, the file counts as changed. A file that hangs
 * gets another mark, so that a reload reports it. A file that could not be tried keeps its mark.
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
