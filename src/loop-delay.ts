/** How long does the event loop stand still? Measures how late a timer is, for the metrics. Started by the daemon. */
const TICK_MS = 20;

/** `observe` gets seconds, at every tick. The answer ends it. */
export function watchLoopDelay(observe: (seconds: number) => void): () => void {
  let due = performance.now() + TICK_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    observe(Math.max(0, now - due) / 1_000);
    due = now + TICK_MS;
  }, TICK_MS).unref();
  return () => clearInterval(timer);
}
