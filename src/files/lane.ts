/**
 * Runs one file operation at a time, with a time limit, because a mount whose server is gone blocks its thread for
 * ever. An operation that exceeds the limit is abandoned, and its mount is refused at once until it ends after all.
 * After `mostHung` abandoned operations no new one begins: Node has four such threads, and resolves names on them, too.
 */
import { FileError } from '../model/files.ts';

export interface LaneLimits {
  readonly timeoutMs: number;
  readonly mostHung: number;
}

export interface LaneEdges {
  /** Called when a path hangs: every path that begins with its result hangs, too. */
  readonly regionOf: (path: string) => string;
  /** One operation on the same threads that needs no file. Never rejects. */
  readonly work: () => Promise<unknown>;
}

export type Lane = <T>(path: string, operation: () => Promise<T>) => Promise<T>;

interface Waiting {
  readonly path: string;
  /** The total time that operations had run when this one began to wait. */
  readonly since: number;
  readonly begin: () => Promise<void>;
  readonly refuse: (error: FileError) => void;
}

export function createLane({ timeoutMs, mostHung }: LaneLimits, { regionOf, work }: LaneEdges): Lane {
  const hung = new Map<object, string>();
  let waiting: Waiting[] = [];
  let busy = false;
  /** How long the operations before the current one ran, without the standstills of this process. */
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
    // A caller that waited for the whole limit behind slow operations gets the error at once.
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
    const limit = afterRunning(timeoutMs, work, () => {
      hung.set(key, regionOf(path));
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

/** `hung`: the regions of the operations that were abandoned. */
function refusalOf(path: string, hung: readonly string[], mostHung: number): FileError | undefined {
  if (hung.some((region) => isWithin(path, region)))
    return hangs(
      'it does not answer: check its file system (it is not tried again until the file system answers)',
    );
  if (hung.length < mostHung) return undefined;
  return notTried(`other files do not answer (${hung.join(', ')}), and no file is read until they do`);
}

/** The limit is measured in this many steps. */
const STEPS = 10;
/** More than the operations that one small file takes. */
const MUCH_WORK = 20;

interface Limit {
  /** The time so far. Each standstill of this process counts as one step at most. */
  readonly ranMs: () => number;
  readonly cancel: () => void;
}

/**
 * Calls `run` after that time, unless it is canceled. Time in which this process itself was delayed does not count
 * against the file: a standstill counts as one step at most. At the end it also waits until much work that needs no
 * file is done, but at most for the same time again.
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
