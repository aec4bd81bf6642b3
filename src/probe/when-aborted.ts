/**
 * Calls functions when a signal aborts. All functions of a signal share one listener. A probe waits a dozen times on
 * one signal, and each listener of an `AbortSignal` costs as much time as a line of the dialogue. Used throughout
 * `probe/`.
 */
type Listener = () => void;

interface Waiting {
  readonly listeners: Set<Listener>;
  readonly callAll: Listener;
}

const bySignal = new WeakMap<AbortSignal, Waiting>();

/**
 * Calls `onAbort` when the signal aborts. Does not call it if the signal has already aborted. The returned function
 * ends the wait. When all waits have ended, no listener is left.
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
    // A function that is added or removed during these calls is not called.
    for (const listener of new Set(listeners)) if (listeners.has(listener)) listener();
  };
  const waiting = { listeners, callAll };
  bySignal.set(signal, waiting);
  signal.addEventListener('abort', callAll, { once: true });
  return waiting;
}
