/**
 * Runs one file operation at a time, with a time limit. On a network mount whose server is gone, an operation blocks
 * its thread for ever. An operation that exceeds the limit is abandoned. Until it ends, operations on the same mount
 * are refused at once. While `mostHung` abandoned operations have not ended, all are refused, because Node has only
 * four threads for files and also resolves names on them.
 */
import { FileError } from '../model/files.ts';

export interface QueueLimits {
  readonly timeoutMs: number;
  readonly mostHung: number;
}

export interface QueueEdges {
  /**
   * Called with a path that hangs. Returns the path of the folder in which all files hang, too, such as a mount point.
   */
  readonly regionOf: (path: string) => string;
  /** Runs an operation that needs no file, on the threads that read files. Never rejects. */
  readonly work: () => Promise<unknown>;
}

export type FileQueue = <T>(path: string, operation: () => Promise<T>) => Promise<T>;

interface Waiting {
  readonly path: string;
  /** For how long all operations together had run when this one began to wait, in milliseconds. */
  readonly since: number;
  readonly begin: () => Promise<void>;
  readonly refuse: (error: FileError) => void;
}

export function createFileQueue({ timeoutMs, mostHung }: QueueLimits, edges: QueueEdges): FileQueue {
  const hung = new Map<object, string>();
  let waiting: Waiting[] = [];
  let busy = false;
  /** For how long the operations before the current one ran. If the process stood still, that time does not count. */
  let beforeMs = 0;
  let current: Limit | undefined;
  const ranMs = (): number => beforeMs + (current?.ranMs() ?? 0);

  const finish = (ms: number): void => {
    beforeMs += ms;
    current = undefined;
    busy = false;
    next();
  };
  const next = (): void => {
    // A caller that has waited behind slow operations for the whole time limit gets an error.
    const late = waiting.filter(({ since }) => beforeMs - since >= timeoutMs);
    if (late.length > 0) waiting = waiting.filter((entry) => !late.includes(entry));
    for (const { refuse } of late) refuse(notTried(`other files took longer than ${timeoutMs / 1000} s`));
    for (let first = waiting.shift(); first !== undefined; first = waiting.shift()) {
      const refused = refusalOf(first.path, [...hung.values()], mostHung);
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
    const limit = afterRunning(timeoutMs, edges.work, () => {
      hung.set(key, edges.regionOf(path));
      reject(hangs(`it did not answer within ${timeoutMs / 1000} s: check its file system`));
      finish(timeoutMs);
    });
    current = limit;
    const ended = operation().finally(() => {
      limit.cancel();
      if (!hung.delete(key)) finish(limit.ranMs());
    });
    ended.then(resolve, reject);
    return await promise;
  };

  return async (path, operation) => {
    const refused = refusalOf(path, [...hung.values()], mostHung);
    if (refused !== undefined) throw refused;
    if (!busy) {
      busy = true;
      return await attempt(path, operation);
    }
    return await new Promise((resolve, reject) => {
      const begin = async (): Promise<void> => await attempt(path, operation).then(resolve, reject);
      waiting.push({ path, since: ranMs(), begin, refuse: reject });
    });
  };
}

/** Returns the error for a path that is refused, or undefined. `hung`: what `regionOf` returned for abandoned paths. */
function refusalOf(path: string, hung: readonly string[], mostHung: number): FileError | undefined {
  if (hung.some((region) => isWithin(path, region)))
    return hangs(
      'it does not answer: check its file system (it is not tried again until the file system answers)',
    );
  if (hung.length < mostHung) return undefined;
  return notTried(`other files do not answer (${hung.join(', ')}), and no file is read until they do`);
}

/** The time limit is divided into this many steps. */
const STEPS = 10;
/** More operations than reading a small file takes. */
const MUCH_WORK = 20;

interface Limit {
  /**
   * Returns how long the operation has run, in milliseconds. If the process stood still, that counts as one step at
   * most.
   */
  readonly ranMs: () => number;
  readonly cancel: () => void;
}

/**
 * Calls `run` after `ms`. `cancel` prevents the call. A busy process must not look like a file that hangs. So if the
 * process stood still, that counts as one step at most. Before the call, `MUCH_WORK` operations without a file must
 * end, or `ms` must pass once more.
 */
function afterRunning(ms: number, work: () => Promise<unknown>, run: () => void): Limit {
  const stepMs = ms / STEPS;
  let ranMs = 0;
  let stepBegan = performance.now();
  const ranWithStep = (): number => ranMs + Math.min(stepMs, performance.now() - stepBegan);
  let left = STEPS;
  let isCanceled = false;
  const runUnlessCanceled = (): void => {
    clearTimeout(timer);
    if (!isCanceled) run();
    isCanceled = true;
  };
  const step = (): void => {
    left -= 1;
    ranMs = ranWithStep();
    stepBegan = performance.now();
    timer = setTimeout(left > 0 ? step : runUnlessCanceled, left > 0 ? stepMs : ms);
    if (left === 0) void repeat(MUCH_WORK, work).then(runUnlessCanceled);
  };
  let timer = setTimeout(step, stepMs);
  return {
    ranMs: ranWithStep,
    cancel: () => {
      isCanceled = true;
      clearTimeout(timer);
    },
  };
}

async function repeat(times: number, work: () => Promise<unknown>): Promise<void> {
  for (let at = 0; at < times; at += 1) await work();
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
