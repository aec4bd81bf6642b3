/**
 * Converts between local times of an IANA time zone and points in time, with the zone data of the runtime (`Intl`). A
 * local time is represented by the epoch milliseconds of the same date and time in UTC.
 */
import { DAY_MS } from './duration.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether the runtime knows a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Returns the local time of the last midnight before the point in time `at`. */
export function localDate(zone: string, at: number): number {
  const local = at + offsetAt(zone, at);
  return local - modulo(local, DAY_MS);
}

/**
 * Returns the point in time of a local time, as RFC 5545 (3.3.5) defines it. If a clock change skips the local time,
 * the offset before the change applies. If the local time occurs twice, the first occurrence is meant.
 */
export function toInstant(zone: string, local: number): number {
  const offsetBefore = offsetAt(zone, local - DAY_MS);
  const offsetAfter = offsetAt(zone, local + DAY_MS);
  const before = local - offsetBefore;
  if (offsetBefore === offsetAfter || offsetAt(zone, before) === offsetBefore) return before;
  const after = local - offsetAfter;
  return offsetAt(zone, after) === offsetAfter ? after : before;
}

/** Returns the local time minus UTC at the point in time `at`, in milliseconds. */
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
