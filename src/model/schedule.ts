/**
 * A weekly schedule as an operator writes it: `Sun 02:00-04:00`, `Mon-Fri 22:00-06:00`, `Sat,Sun 00:00-24:00`,
 * `daily 03:00-03:30`. Parsed by `config/`, evaluated by `maintenance.ts`.
 */
export interface WeeklySchedule {
  /** The days of the week on which the window starts, sorted. 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes since local midnight. */
  readonly startMinute: number;
  /** If the end is not after the start, the window ends on the next day. 1440 is midnight at the end of the day. */
  readonly endMinute: number;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const EVERY_DAY: readonly number[] = [0, 1, 2, 3, 4, 5, 6];
const ACCEPTED =
  'expected days and times such as "Sun 02:00-04:00", "Mon-Fri 22:00-06:00" or "daily 03:00-03:30"';
/** A longer text is not a schedule. */
const LONGEST = 200;

/** Returns the schedule. If the text is invalid, returns a message that says what is wrong. */
export function parseSchedule(text: string): WeeklySchedule | string {
  const match =
    text.length > LONGEST
      ? null
      : /^([a-z]{3,}(?:[-, ]+[a-z]{3,})*) +(\d\d?):(\d\d) ?- ?(\d\d?):(\d\d)$/i.exec(text.trim());
  if (match === null) return ACCEPTED;
  const [, list = '', startHour = '', startMinutes = '', endHour = '', endMinutes = ''] = match;
  const days = daysOf(list.toLowerCase());
  if (typeof days === 'string') return days;
  const startMinute = minuteOf(startHour, startMinutes);
  const endMinute = minuteOf(endHour, endMinutes);
  if (startMinute === undefined || startMinute === 1_440)
    return `${startHour}:${startMinutes} is no time of day`;
  if (endMinute === undefined) return `${endHour}:${endMinutes} is no time of day`;
  if (startMinute === endMinute) return 'it starts and ends at the same time; a whole day is 00:00-24:00';
  return { days, startMinute, endMinute };
}

function daysOf(list: string): readonly number[] | string {
  if (list === 'daily') return EVERY_DAY;
  const days = new Set<number>();
  for (const part of list.replace(/(?<! ) *- */g, '-').split(/[, ]+/)) {
    const [first = '', last = first, ...surplus] = part.split('-');
    const from = dayOf(first);
    const to = dayOf(last);
    if (from === undefined || surplus.length > 0) return `"${part}" is no day of the week: ${ACCEPTED}`;
    if (to === undefined) return `"${last}" is no day of the week: ${ACCEPTED}`;
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === to) break;
    }
  }
  return [...days].sort((a, b) => a - b);
}

/** Returns the number of the day `sun` or `sunday`: 0 is Sunday. Undefined for another text. */
function dayOf(name: string): number | undefined {
  const day = DAYS.findIndex((short) => name.startsWith(short));
  const isWhole = name.length === 3 || WHOLE_NAMES[day] === name;
  return day === -1 || !isWhole ? undefined : day;
}

const WHOLE_NAMES = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

function minuteOf(hour: string, minute: string): number | undefined {
  const minutes = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && minutes <= 1_440 ? minutes : undefined;
}
