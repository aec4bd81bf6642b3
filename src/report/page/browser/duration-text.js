/** A duration in its two largest units. Used by the server, and by the script that keeps ages up to date. */

/** @type {readonly (readonly [unit: string, seconds: number])[]} */
const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
];

/**
 * `2 h 5 min`
 * @param {number} ms
 * @returns {string}
 */
export function durationText(ms) {
  let rest = Math.max(0, Math.round(ms / 1000));
  /** @type {string[]} */
  const parts = [];
  for (const [unit, seconds] of UNITS) {
    const count = Math.floor(rest / seconds);
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
    rest -= count * seconds;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}
