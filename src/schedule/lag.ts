/**
 * How late did probes start, at worst, over the last minute? Kept per second, so that the cost does not depend on the
 * number of probes.
 */
const SECONDS = 60;

export interface Lag {
  readonly record: (nowMs: number, lateMs: number) => void;
  readonly worstMs: (nowMs: number) => number;
}

export function createLag(): Lag {
  const seconds = Array.from({ length: SECONDS }, () => ({ second: -SECONDS, lateMs: 0 }));

  return {
    record(nowMs, lateMs) {
      const second = Math.floor(nowMs / 1_000);
      const before = seconds[second % SECONDS];
      const worstMs = before?.second === second ? Math.max(before.lateMs, lateMs) : lateMs;
      seconds[second % SECONDS] = { second, lateMs: worstMs };
    },
    worstMs(nowMs) {
      const oldest = Math.floor(nowMs / 1_000) - SECONDS;
      return seconds.reduce(
        (worst, { second, lateMs }) => (second > oldest ? Math.max(worst, lateMs) : worst),
        0,
      );
    },
  };
}
