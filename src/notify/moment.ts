/** Times and durations as people read them, with the zone. Used by whatever renders a message. Pure. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** `Sun 22 Nov 2026, 13:00 CET`. */
export function dayAndTime(at: number, zone: string): string {
  const { weekday, day, month, year, hour, minute, timeZoneName } = partsOf(at, zone);
  return `${weekday} ${day} ${month} ${year}, ${hour}:${minute} ${timeZoneName}`;
}

/** `02:10-03:40 CET`, with the dates if they differ. */
export function span(from: number, until: number, zone: string): string {
  const a = partsOf(from, zone);
  const b = partsOf(until, zone);
  const dayOf = (p: typeof a): string => `${p.weekday} ${p.day} ${p.month}`;
  if (dayOf(a) === dayOf(b) && until - from < 86_400_000)
    return `${a.hour}:${a.minute}-${b.hour}:${b.minute} ${b.timeZoneName}`;
  return `${dayOf(a)} ${a.hour}:${a.minute} - ${dayOf(b)} ${b.hour}:${b.minute} ${b.timeZoneName}`;
}

const UNITS = [
  ['day', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `1 h 30 min`, `2 days 4 h`, `45 s`: the two largest units. */
export function durationText(ms: number): string {
  const at = UNITS.findIndex(([, size]) => ms >= size);
  if (at === -1) return 'less than 1 s';
  let rest = ms;
  const words = UNITS.slice(at, at + 2).map(([name, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? '' : `${count} ${name === 'day' && count > 1 ? 'days' : name}`;
  });
  return words.filter((word) => word !== '').join(' ');
}

/** `1 mailbox`, `40 mailboxes`. */
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

/** British English abbreviates European zones (CET), as readers there do; American English does not. */
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
