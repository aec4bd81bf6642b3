/**
 * Runs one file operation at a time, with a time limit: a mount whose server is gone blocks its thread for ever. An
 * operation that exceeds the limit is abandoned, and its mount is refused at once until it ends after all. After
 * `mostHung` abandoned operations no new one begins: Node has four such threads, and resolves names on them, too.
 */
import { FileError } from '../model/files.ts';

export interface LaneLimits {
  readonly timeoutMs: number;
  readonly mostHung: number;
}

export type Lane = <T>(path: string, operation: () => Promise<T>) => Promise<T>;

interface Waiting {
  readonly path: string;
  readonly since: number;
  readonly begin: () => Promise<void>;
  readonly refuse: (error: FileError) => void;
}

/** `regionOf` is called when a path hangs: every path that begins with its result hangs, too. */
export function createLane({ timeoutMs, mostHung }: LaneLimits, regionOf: (path: string) => string): Lane {
  const hung = new Map<object, string>();
  let waiting: Waiting[] = [];
  let busy = false;

  const refusal = (path: string): FileError | undefined => {
    const regions = [...hung.values()];
    if (regions.some((region) => isWithin(path, region)))
      return hangs(
        'it does not answer, see that its file system is alive (it is not tried again before it is)',
      );
    if (regions.length < mostHung) return undefined;
    return notTried(`other files do not answer (${regions.join(', ')}), and no more is tried before they do`);
  };

  const next = (): void => {
    busy = false;
    // A caller that waited for the whole limit behind slow operations gets the error at once.
    const now = performance.now();
    const late = waiting.filter(({ since }) => now - since >= timeoutMs);
    if (late.length > 0) waiting = waiting.filter((entry) => !late.includes(entry));
    for (const { refuse } of late) refuse(notTried(`other files took longer than ${timeoutMs / 1000} s`));
    for (let first = waiting.shift(); first !== undefined; first = waiting.shift()) {
      const refused = refusal(first.path);
      if (refused === undefined) {
        busy = true;
        void first.begin();
        return;
      }
      first.refuse(refused);
    }
  };

  const attempt = async <T>(path: string, operation: () => Promise<T>): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const key = {};
    const giveUp = (): void => {
      hung.set(key, regionOf(path));
      reject(hangs(`it did not answer within ${timeoutMs / 1000} s, see that its file system is alive`));
      next();
    };
    const cancel = afterRunning(timeoutMs, giveUp);
    const ended = (): void => {
      cancel();
      if (!hung.delete(key)) next();
    };
    operation().finally(ended).then(resolve, reject);
    return await promise;
  };

  return async (path, operation) => {
    const refused = refusal(path);
    if (refused !== undefined) throw refused;
    if (!busy) {
      busy = true;
      return await attempt(path, operation);
    }
    return await new Promise((resolve, reject) => {
      waiting.push({
        path,
        since: performance.now(),
        begin: async () => await attempt(path, operation).then(resolve, reject),
        refuse: reject,
      });
    });
  };
}

/** Of the limit. */
const STEPS = 10;

/** Runs it after so long. A standstill of this process counts as one step at most: it is not the file's. */
function afterRunning(ms: number, run: () => void): () => void {
  let left = STEPS;
  const step = (): void => {
    left -= 1;
    if (left === 0) run();
    else timer = setTimeout(step, ms / STEPS);
  };
  let timer = setTimeout(step, ms / STEPS);
  return () => clearTimeout(timer);
}

function isWithin(path: string, region: string): boolean {
  return path === region || path.startsWith(`${region}/`);
}

function notTried(reason: string): FileError {
  return new FileError('file-not-tried', reason);
}

function hangs(reason: string): FileError {
  return new FileError('file-hangs', reason);
}
