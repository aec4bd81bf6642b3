/** Formats times and durations for titles and evidence. Always UTC. */

/** `2026-11-22 14:35 UTC`, or `an impossible date`. */
export function timeOf(epochMs: number): string {
  return Number.isFinite(epochMs) && Math.abs(epochMs) <= 8.64e15
    ? `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
    : 'an impossible date';
}

export function dateOf(epochMs: number): string {
  return timeOf(epochMs).slice(0, 10);
}

/** `3 days`, `5 hours`, `12 minutes`: rounded down, never negative. */
export function spanOf(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes >= 2 * 1440) return `${Math.floor(minutes / 1440)} days`;
  if (minutes >= 120) return `${Math.floor(minutes / 60)} hours`;
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}

/** The end date in a title. The days come first, because a lock screen may cut the rest. */
export function expiryOf(end: number, now: number): string {
  return end > now
    ? `expires in ${spanOf(end - now)}, on ${dateOf(end)}`
    : `has passed its end date, ${dateOf(end)}`;
}
