/** Formats durations for titles, messages, pages and reports. The script of the pages has its own copy. */

const UNITS = [
  ['day', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/**
 * Returns the two largest units, rounded down: `1 h 30 min`, `2 days 4 h`, `45 s`. Returns `0 s` for a negative
 * duration.
 */
export function durationText(ms: number): string {
  let rest = Math.max(0, Math.floor(ms / 1_000));
  const first = Math.max(
    UNITS.findIndex(([, seconds]) => rest >= seconds),
    0,
  );
  const parts = UNITS.slice(first, first + 2).flatMap(([unit, seconds]) => {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    return count === 0 ? [] : [counted(count, unit)];
  });
  return parts.join(' ') || '0 s';
}

/**
 * Returns the largest unit that fits at least twice, rounded down: `3 days`, `47 h`, `12 min`. Titles need no more
 * precision.
 */
export function roundDuration(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1_000));
  const [unit, seconds] = UNITS.find(([, size]) => whole >= 2 * size) ?? (['s', 1] as const);
  return counted(Math.floor(whole / seconds), unit);
}

function counted(count: number, unit: (typeof UNITS)[number][0]): string {
  return `${count} ${unit === 'day' && count !== 1 ? 'days' : unit}`;
}
