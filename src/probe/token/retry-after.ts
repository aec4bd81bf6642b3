/** How long does a server ask us to wait? The HTTP header `Retry-After` holds seconds or a date (RFC 9110, 10.2.3). */

/** A longer wait is shortened to this, because a server's mistake must not stop the probes of an app for days. */
export const LONGEST_WAIT_SECONDS = 3600;

/**
 * Returns the seconds to wait, from 0 to `LONGEST_WAIT_SECONDS`. Undefined if the header is absent or unreadable.
 * `now`: epoch milliseconds, by the server's clock if it is known.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const value = header?.trim() ?? '';
  const seconds = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : (httpDate(value) - now) / 1000;
  if (!Number.isFinite(seconds)) return undefined;
  return Math.min(Math.max(0, Math.ceil(seconds)), LONGEST_WAIT_SECONDS);
}

/** Every HTTP date begins with the name of a day. `Date.parse` alone would read `-5` as a year. */
function httpDate(value: string): number {
  return /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value) ? Date.parse(value) : Number.NaN;
}
