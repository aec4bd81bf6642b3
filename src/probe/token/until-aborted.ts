/**
 * Ends a wait when a signal says so, without ending what is waited for: many may wait for one token request.
 */

/** The promise's value, or undefined where the signal aborts first. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(undefined);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const settled = (): void => signal.removeEventListener('abort', onAbort);
    promise.finally(settled).then(resolve, reject);
  });
}
