/**
 * Converts between local times of an IANA time zone and points in time, using the runtime's zone data (`Intl`). Used to
 * evaluate schedules. A local time is represented by the epoch milliseconds that it would have in UTC.
 */
import { DAY_MS } from './duration.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Is it a name that the runtime knows? */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Midnight of the local date at that moment. */
export function localDate(zone: string, at: number): number {
  const local = at + offsetAt(zone, at);
  return local - modulo(local, DAY_MS);
}

/**
 * The point in time of a local time. RFC 5545 (3.3.5): one that is skipped uses the offset before the gap; one that
 * occurs twice means the first.
 */
export function toInstant(zone: string, local: number): number {
  const offsetBefore = offsetAt(zone, local - DAY_MS);
  const offsetAfter = offsetAt(zone, local + DAY_MS);
  const before = local - offsetBefore;
  if (offsetBefore === offsetAfter || offsetAt(zone, before) === offsetBefore) return before;
  const after = local - offsetAfter;
  return offsetAt(zone, after) === offsetAfter ? after : before;
}

/** Local time minus UTC. */
function offsetAt(zone: string, at: number): number {
  const seconds = at - modulo(at, 1_000);
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(seconds)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - seconds;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, format);
  return format;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
