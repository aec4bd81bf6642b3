/**
 * How many probes may run at once? By Little's law, the need is the number of probes due per second, times the seconds
 * that each probe takes. Pure. `adaptive-caps.ts` measures, and `capacity.ts` predicts shortfalls.
 */

/** A cap starts at `start` and adapts between `least` and `most`. If an operator sets a cap, all three are equal. */
export interface CapRange {
  readonly least: number;
  readonly start: number;
  readonly most: number;
}

export interface Concurrency {
  readonly total: CapRange;
  readonly perApp: CapRange;
}

/** The settings of the configuration. A cap that is not set adapts to the measured need. */
export interface ConcurrencySettings {
  readonly total?: number;
  readonly perApp?: number;
}

const TOTAL: CapRange = { least: 50, start: 50, most: 400 };
const PER_APP: CapRange = { least: 1, start: 10, most: 50 };

/**
 * The cap is larger than the need by this factor, because some probes take longer than the median, and due times are
 * not evenly spread.
 */
const HEADROOM = 1.5;
const GROWTH = 1.1;

/** `limit`: the number of simultaneous probes for which the process has file descriptors. */
export function concurrencyOf(settings: ConcurrencySettings, limit = Number.POSITIVE_INFINITY): Concurrency {
  return {
    total: atMost(limit, settings.total === undefined ? TOTAL : exactly(settings.total)),
    perApp: settings.perApp === undefined ? PER_APP : exactly(settings.perApp),
  };
}

export function exactly(cap: number): CapRange {
  return { least: cap, start: cap, most: cap };
}

function atMost(limit: number, { least, start, most }: CapRange): CapRange {
  return { least: Math.min(least, limit), start: Math.min(start, limit), most: Math.min(most, limit) };
}

/**
 * Returns the cap of the next round. `needed`: probes due per second, times the median seconds of a successful probe.
 */
export function nextCap({ least, start, most }: CapRange, cap: number, needed: number): number {
  const wanted = Math.min(most, Math.max(start, needed * HEADROOM));
  return Math.max(least, Math.min(wanted, cap * GROWTH));
}

/**
 * Returns the new cap after a server throttled a probe: half of the old cap. If fewer probes than the old cap were
 * under way, it is half of their number.
 */
export function halvedCap({ least }: CapRange, cap: number, underWay: number): number {
  return Math.max(least, Math.min(cap, underWay) / 2);
}
