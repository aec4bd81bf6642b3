/**
 * How long was the event loop blocked during a probe? The answer shows whether the server was slow, or this process.
 * One timer serves all probes, and none runs while there is no probe.
 */
const TICK_MS = 20;
/** A shorter block of the event loop is not counted, because the ordinary work of other probes causes it. */
const SHORTEST_STANDSTILL_MS = 50;

export interface LagMeter {
  /**
   * Begins a measurement. The returned function ends it and returns the total time, in milliseconds, for which the
   * event loop was blocked.
   */
  readonly begin: () => () => number;
}

export function createLagMeter(): LagMeter {
  const measurements = new Set<{ readonly begunAt: number; countedUntil: number; totalMs: number }>();
  let timer: NodeJS.Timeout | undefined;
  let due = 0;

  /** If the timer is late, adds the time for which the event loop was blocked. */
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
        // The event loop may have been blocked until now, before the timer could run.
        note();
        measurements.delete(measurement);
        if (measurements.size === 0) clearTimeout(timer);
        return measurement.totalMs;
      };
    },
  };
}
