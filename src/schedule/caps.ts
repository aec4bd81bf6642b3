/**
 * How many probes may run at once? By Little's law: the probes due per second, times the seconds that one takes. Pure.
 * `adaptive-caps.ts` keeps the measurements, `capacity.ts` predicts shortfalls.
 */

/**
 * A cap that adapts itself between `least` and `most`, beginning at `start`. All three are the same for a cap that an
 * operator has set.
 */
export interface CapRange {
  readonly least: number;
  readonly start: number;
  readonly most: number;
}

/** How many probes may run at once, in total and per app. */
export interface Concurrency {
  readonly total: CapRange;
  readonly perApp: CapRange;
}

/** The settings of the configuration. An absent cap adapts itself. */
export interface ConcurrencySettings {
  readonly total?: number;
  readonly perApp?: number;
}

const TOTAL: CapRange = { least: 50, start: 50, most: 400 };
const PER_APP: CapRange = { least: 1, start: 10, most: 50 };

/**
 * The cap is larger than the need by this factor, because some probes take longer than the median, and probes are not
 * due evenly.
 */
const HEADROOM = 1.5;
const GROWTH = 1.1;

/** `limit`: how many probes at once the process has file descriptors for. */
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
 * Returns the cap of the next round. `needed`: probes due per second, times the seconds that a successful one takes.
 */
export function nextCap({ least, start, most }: CapRange, cap: number, needed: number): number {
  const wanted = Math.min(most, Math.max(start, needed * HEADROOM));
  return Math.max(least, Math.min(wanted, cap * GROWTH));
}

/**
 * Returns the cap after a server throttled a probe: half of the old cap, or of the probes under way if these were
 * fewer.
 */
export function halvedCap({ least }: CapRange, cap: number, underWay: number): number {
  return Math.max(least, Math.min(cap, underWay) / 2);
}
