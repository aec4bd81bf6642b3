/**
 * Was it the server that was slow, or we? Measures how long this process' event loop stood still while a look was
 * under way. One timer for all looks, and none while there is no look.
 */
const TICK_MS = 20;

export interface LagMeter {
  /** Begins to measure. The function that it returns ends the measurement, and tells the longest standstill in ms. */
  readonly begin: () => () => number;
}

export function createLagMeter(): LagMeter {
  const measurements = new Set<{ readonly begunAt: number; longestMs: number }>();
  let timer: NodeJS.Timeout | undefined;
  let due = 0;

  /** Only lateness counts: a tick in time is no standstill. */
  const note = (): void => {
    const now = performance.now();
    for (const measurement of measurements) {
      const lateMs = now - Math.max(due, measurement.begunAt);
      measurement.longestMs = Math.max(measurement.longestMs, lateMs);
    }
  };

  const tick = (): void => {
    note();
    schedule();
  };

  const schedule = (): void => {
    due = performance.now() + TICK_MS;
    timer = setTimeout(tick, TICK_MS).unref();
  };

  return {
    begin: () => {
      const measurement = { begunAt: performance.now(), longestMs: 0 };
      measurements.add(measurement);
      if (measurements.size === 1) schedule();
      return () => {
        // The loop may have stood still until this very moment.
        note();
        measurements.delete(measurement);
        if (measurements.size === 0) clearTimeout(timer);
        return measurement.longestMs;
      };
    },
  };
}
