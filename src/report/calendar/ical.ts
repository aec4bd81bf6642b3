/**
 * Writes an iCalendar feed (RFC 5545): all-day events with alarms before them, and nothing that Outlook or Google
 * would stumble over. Pure; what the events are stands in credential-calendar.ts.
 * https://www.rfc-editor.org/rfc/rfc5545
 */
import { DAY_MS } from '../../model/duration.ts';

export interface CalendarEvent {
  /** The same for the same thing at every reading: the calendar updates the event and does not add another. */
  readonly uid: string;
  /** Epoch milliseconds; the event lasts the whole of that day, in UTC. */
  readonly at: number;
  readonly summary: string;
  readonly description: string;
  readonly alarmDaysBefore: readonly number[];
}

/** Octets of a line, its end not counted (section 3.1). */
const LONGEST_LINE = 75;

/** `now` in epoch milliseconds. Texts are scrubbed by the caller. */
export function writeCalendar(name: string, events: readonly CalendarEvent[], now: number): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//mailprobe//credentials//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${escapeText(name)}`,
    // RFC 7986, 5.7, and what Outlook reads in its place.
    'REFRESH-INTERVAL;VALUE=DURATION:PT6H',
    'X-PUBLISHED-TTL:PT6H',
    ...events.flatMap((event) => eventLines(event, now)),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}

function eventLines(
  { uid, at, summary, description, alarmDaysBefore }: CalendarEvent,
  now: number,
): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${escapeText(uid)}`,
    `DTSTAMP:${dateTime(now)}`,
    `DTSTART;VALUE=DATE:${date(at)}`,
    // Not included itself (section 3.6.1).
    `DTEND;VALUE=DATE:${date(at + DAY_MS)}`,
    `SUMMARY:${escapeText(summary)}`,
    `DESCRIPTION:${escapeText(description)}`,
    // It takes nobody's time.
    'TRANSP:TRANSPARENT',
    ...alarmDaysBefore.flatMap((days) => [
      'BEGIN:VALARM',
      'ACTION:DISPLAY',
      `TRIGGER:-P${days}D`,
      `DESCRIPTION:${escapeText(summary)}`,
      'END:VALARM',
    ]),
    'END:VEVENT',
  ];
}

/** Section 3.3.11. */
function escapeText(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll(';', '\\;')
    .replaceAll(',', '\\,')
    .replaceAll(/\r\n|\r|\n/g, '\\n');
}

/** Section 3.1: never within a character. */
function fold(line: string): string {
  let folded = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > LONGEST_LINE) {
      folded += '\r\n ';
      octets = 1;
    }
    folded += character;
    octets += size;
  }
  return folded;
}

function dateTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

function date(epochMs: number): string {
  return dateTime(epochMs).slice(0, 8);
}
