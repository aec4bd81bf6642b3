/** Writes durations as the server does (`model/duration-text.ts`). */

/** @type {readonly (readonly [unit: string, seconds: number])[]} */
const UNITS = [
  ['day', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
];

/**
 * Returns the two largest units: `2 h 5 min`.
 * @param {number} ms
 * @returns {string}
 */
export function durationText(ms) {
  let rest = Math.max(0, Math.floor(ms / 1_000));
  const first = Math.max(
    UNITS.findIndex(([, seconds]) => rest >= seconds),
    0,
  );
  const parts = UNITS.slice(first, first + 2).flatMap(([unit, seconds]) => {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    return count === 0 ? [] : [`${count} ${unit === 'day' && count !== 1 ? 'days' : unit}`];
  });
  return parts.join(' ') || '0 s';
}
