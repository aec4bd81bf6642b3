/** Formats times for people, in the configured time zone. Used to render messages. Pure. */

import { DAY_MS } from '../model/duration.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Example: `Sun 22 Nov 2026, 13:00 CET`. */
export function dayAndTime(at: number, zone: string): string {
  const { weekday, day, month, year, hour, minute, timeZoneName } = partsOf(at, zone);
  return `${weekday} ${day} ${month} ${year}, ${hour}:${minute} ${timeZoneName}`;
}

/** Example: `02:10-03:40 CET`. Includes the dates if they differ. */
export function span(from: number, until: number, zone: string): string {
  const a = partsOf(from, zone);
  const b = partsOf(until, zone);
  const dayOf = (p: typeof a): string => `${p.weekday} ${p.day} ${p.month}`;
  if (dayOf(a) === dayOf(b) && until - from < DAY_MS)
    return `${a.hour}:${a.minute}-${b.hour}:${b.minute} ${b.timeZoneName}`;
  return `${dayOf(a)} ${a.hour}:${a.minute} - ${dayOf(b)} ${b.hour}:${b.minute} ${b.timeZoneName}`;
}

export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function partsOf(at: number, zone: string) {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return {
    weekday: of('weekday'),
    day: of('day'),
    month: of('month'),
    year: of('year'),
    hour: of('hour'),
    minute: of('minute'),
    timeZoneName: of('timeZoneName'),
  };
}

/** British English abbreviates a European time zone as `CET`. American English writes an offset. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  formats.set(zone, format);
  return format;
}
