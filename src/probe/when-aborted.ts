/**
 * Calls functions when a signal aborts. A probe waits a dozen times under one signal, and each listener of an
 * `AbortSignal` costs as much as a line of the dialogue. So all functions of a signal share one listener. Used
 * throughout `probe/`.
 */
type Listener = () => void;

interface Waiting {
  readonly listeners: Set<Listener>;
  readonly callAll: Listener;
}

const bySignal = new WeakMap<AbortSignal, Waiting>();

/**
 * Calls `onAbort` when the signal aborts, but not if it was aborted before. The returned function ends the wait. When
 * all waits have ended, no listener is left.
 */
export function whenAborted(signal: AbortSignal, onAbort: Listener): () => void {
  const { listeners, callAll } = bySignal.get(signal) ?? listenTo(signal);
  listeners.add(onAbort);
  return () => {
    if (!listeners.delete(onAbort) || listeners.size > 0) return;
    signal.removeEventListener('abort', callAll);
    bySignal.delete(signal);
  };
}

function listenTo(signal: AbortSignal): Waiting {
  const listeners = new Set<Listener>();
  const callAll = (): void => {
    // Listeners that are added or removed during these calls are not called.
    for (const listener of new Set(listeners)) if (listeners.has(listener)) listener();
  };
  const waiting = { listeners, callAll };
  bySignal.set(signal, waiting);
  signal.addEventListener('abort', callAll, { once: true });
  return waiting;
}
