/**
 * Was it the server that was slow, or we? Measures how long this process' event loop stood still while a look was
 * under way. One timer for all looks, and none while there is no look.
 */
const TICK_MS = 20;
/** Shorter ones are the ordinary work of others. */
const SHORTEST_STANDSTILL_MS = 50;

export interface LagMeter {
  /** Begins to measure. The function that it returns ends the measurement, and tells how long we stood still, in ms. */
  readonly begin: () => () => number;
}

export function createLagMeter(): LagMeter {
  const measurements = new Set<{ readonly begunAt: number; countedUntil: number; totalMs: number }>();
  let timer: NodeJS.Timeout | undefined;
  let due = 0;

  /** Only lateness counts: a tick in time is no standstill. */
  const note = (): void => {
    const now = performance.now();
    for (const measurement of measurements) {
      const since = Math.max(due, measurement.begunAt);
      if (now - since < SHORTEST_STANDSTILL_MS) continue;
      measurement.totalMs += now - Math.max(since, measurement.countedUntil);
      measurement.countedUntil = now;
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
      const measurement = { begunAt: performance.now(), countedUntil: 0, totalMs: 0 };
      measurements.add(measurement);
      if (measurements.size === 1) schedule();
      return () => {
        // The loop may have stood still until this very moment.
        note();
        measurements.delete(measurement);
        if (measurements.size === 0) clearTimeout(timer);
        return measurement.totalMs;
      };
    },
  };
}
