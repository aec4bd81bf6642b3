/**
 * One deadline over a whole look: the time it may take, and the caller's wish to stop. Called by `probe`, and for
 * the shorter time that a goodbye may take. No timer and no listener is left once it is over.
 */
export interface Deadline {
  /** Aborted with a `TimeoutError` when the time is over, with the caller's reason when the caller stops. */
  readonly signal: AbortSignal;
  readonly cancel: () => void;
}

export function createDeadline(timeoutMs: number, caller: AbortSignal): Deadline {
  const controller = new AbortController();
  const onCaller = (): void => controller.abort(caller.reason);
  const timer = setTimeout(
    () => controller.abort(new DOMException('The time was over.', 'TimeoutError')),
    timeoutMs,
  );
  caller.addEventListener('abort', onCaller);
  if (caller.aborted) onCaller();
  return {
    signal: controller.signal,
    cancel: () => {
      clearTimeout(timer);
      caller.removeEventListener('abort', onCaller);
    },
  };
}

/** Who is stopped may still say itself what it was waiting for. Then it is left behind. */
const LAST_WORDS_MS = 25;

/** What the promise settles with, or `otherwise` where it has not settled shortly after the signal spoke. */
export function orLeftBehind<T>(promise: Promise<T>, signal: AbortSignal, otherwise: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      timer = setTimeout(() => resolve(otherwise()), LAST_WORDS_MS);
    };
    const forget = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    promise.finally(forget).then(resolve, reject);
  });
}
