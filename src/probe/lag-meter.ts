/**
 * Measures how long the event loop was blocked during a probe. This shows whether the server was slow, or this process.
 * One timer serves all probes, and none runs while there is no probe.
 */
const TICK_MS = 20;
/** Shorter blocks of the event loop are the ordinary work of other probes. */
const SHORTEST_STANDSTILL_MS = 50;

export interface LagMeter {
  /** Begins a measurement. The returned function ends it, and returns the total length of all standstills in ms. */
  readonly begin: () => () => number;
}

export function createLagMeter(): LagMeter {
  const measurements = new Set<{ readonly begunAt: number; countedUntil: number; totalMs: number }>();
  let timer: NodeJS.Timeout | undefined;
  let due = 0;

  /** Adds the standstill that has just ended, if any. A tick that comes on time is none. */
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
        // A standstill may have ended just now, before the timer ran.
        note();
        measurements.delete(measurement);
        if (measurements.size === 0) clearTimeout(timer);
        return measurement.totalMs;
      };
    },
  };
}
