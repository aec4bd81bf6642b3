/**
 * What was the longest delay of a probe's start in the last minute? Keeps one value for each second, so that the cost
 * does not depend on the number of probes. The caller chooses the unit of a delay: milliseconds, or a share of the
 * interval.
 */
const SECONDS = 60;

export interface Lag {
  readonly record: (nowMs: number, late: number) => void;
  readonly worst: (nowMs: number) => number;
}

export function createLag(): Lag {
  const seconds = Array.from({ length: SECONDS }, () => ({ second: -SECONDS, late: 0 }));

  return {
    record(nowMs, late) {
      const second = Math.floor(nowMs / 1_000);
      const before = seconds[second % SECONDS];
      const worst = before?.second === second ? Math.max(before.late, late) : late;
      seconds[second % SECONDS] = { second, late: worst };
    },
    worst(nowMs) {
      const oldest = Math.floor(nowMs / 1_000) - SECONDS;
      return seconds.reduce(
        (worst, { second, late }) => (second > oldest ? Math.max(worst, late) : worst),
        0,
      );
    },
  };
}
