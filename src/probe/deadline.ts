/**
 * The deadline of an operation: its timeout, combined with the caller's signal to stop. A probe has one deadline, and
 * its LOGOUT or QUIT has a shorter one. After `cancel`, no timer and no listener is left.
 */
import { whenAborted } from './when-aborted.ts';

export interface Deadline {
  /** Aborts with a `TimeoutError` when the time is over, or with the caller's reason when the caller stops. */
  readonly signal: AbortSignal;
  readonly cancel: () => void;
}

export function createDeadline(timeoutMs: number, caller: AbortSignal): Deadline {
  const controller = new AbortController();
  const onCaller = (): void => controller.abort(caller.reason);
  const timer = setTimeout(
    () => controller.abort(new DOMException('The time limit ended.', 'TimeoutError')),
    timeoutMs,
  );
  const ignoreCaller = whenAborted(caller, onCaller);
  if (caller.aborted) onCaller();
  return {
    signal: controller.signal,
    cancel: () => {
      clearTimeout(timer);
      ignoreCaller();
    },
  };
}

/**
 * After an abort, a step has this long to fail by itself, because its own failure is more exact. Whatever it does later
 * is ignored.
 */
const ABORT_GRACE_MS = 25;

/**
 * Settles like the promise. If the promise does not settle within `ABORT_GRACE_MS` after the signal has aborted,
 * resolves to the result of `otherwise`.
 */
export function orLeftBehind<T>(promise: Promise<T>, signal: AbortSignal, otherwise: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      timer = setTimeout(() => resolve(otherwise()), ABORT_GRACE_MS);
    };
    const ignoreAbort = whenAborted(signal, onAbort);
    const forget = (): void => {
      clearTimeout(timer);
      ignoreAbort();
    };
    if (signal.aborted) onAbort();
    promise.then(forget, forget);
    promise.then(resolve, reject);
  });
}
