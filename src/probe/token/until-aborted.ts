/**
 * Ends a wait when a signal aborts. The operation itself continues, because many callers may wait for one token
 * request.
 */

import { whenAborted } from '../when-aborted.ts';

/** Resolves to the promise's value, or to undefined if the signal aborts first. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(undefined);
    if (signal.aborted) onAbort();
    const ignoreAbort = whenAborted(signal, onAbort);
    promise.then(ignoreAbort, ignoreAbort);
    promise.then(resolve, reject);
  });
}
