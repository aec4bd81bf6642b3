/** How long is the event loop blocked? Measures how late a timer fires, for the metrics. Started by the daemon. */
const TICK_MS = 20;

/** Calls `observe` with the delay in seconds at every tick. The returned function ends the measurement. */
export function watchLoopDelay(observe: (seconds: number) => void): () => void {
  let due = performance.now() + TICK_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    observe(Math.max(0, now - due) / 1_000);
    due = now + TICK_MS;
  }, TICK_MS).unref();
  return () => clearInterval(timer);
}
