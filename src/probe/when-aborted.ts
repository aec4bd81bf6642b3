/**
 * Calls what waits for the abort of a signal. A probe waits a dozen times under one signal, and a listener of an
 * `AbortSignal` costs as much as a line of the dialogue: they share one. Used throughout `probe/`.
 */
type Listener = () => void;

interface Waiting {
  readonly listeners: Set<Listener>;
  readonly callAll: Listener;
}

const bySignal = new WeakMap<AbortSignal, Waiting>();

/** Not called if the signal was aborted before. The returned function ends the wait; the last one leaves no listener. */
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
    // Not those that a listener adds, nor those that it ends.
    for (const listener of new Set(listeners)) if (listeners.has(listener)) listener();
  };
  const waiting = { listeners, callAll };
  bySignal.set(signal, waiting);
  signal.addEventListener('abort', callAll, { once: true });
  return waiting;
}
