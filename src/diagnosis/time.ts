/** Formats times for titles and evidence. Always UTC. */
import { roundDuration } from '../model/duration-text.ts';

/** Returns `2026-11-22 14:35 UTC`, or `an impossible date`. */
export function timeOf(epochMs: number): string {
  return Number.isFinite(epochMs) && Math.abs(epochMs) <= 8.64e15
    ? `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
    : 'an impossible date';
}

export function dateOf(epochMs: number): string {
  return timeOf(epochMs).slice(0, 10);
}

/**
 * Returns the end date for a title. The remaining days come first, because the lock screen of a phone may cut the
 * title.
 */
export function expiryOf(end: number, now: number): string {
  return end > now
    ? `expires in ${roundDuration(end - now)}, on ${dateOf(end)}`
    : `has passed its end date, ${dateOf(end)}`;
}
