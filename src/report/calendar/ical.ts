/**
 * Writes an iCalendar feed (RFC 5545) that Outlook and Google accept. It consists of all-day events with alarms.
 * Sections in this file are those of RFC 5545.
 * https://www.rfc-editor.org/rfc/rfc5545
 */
import { DAY_MS } from '../../model/duration.ts';

export interface CalendarEvent {
  /** The same in every feed, so that a calendar updates the event instead of adding a new one. */
  readonly uid: string;
  /** Epoch milliseconds. The event lasts for the whole day in UTC. */
  readonly at: number;
  readonly summary: string;
  readonly description: string;
  /** The page that the event links to. */
  readonly url?: string | undefined;
  readonly alarmDaysBefore: readonly number[];
}

/** The most octets in a line without its end (section 3.1). */
const LONGEST_LINE = 75;

/** The caller redacts the texts. `now` is in epoch milliseconds. */
export function writeCalendar(name: string, events: readonly CalendarEvent[], now: number): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//mailprobe//credentials//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${escapeText(name)}`,
    // Two properties say how often to read the feed: one of RFC 7986 (section 5.7), and one of Outlook.
    'REFRESH-INTERVAL;VALUE=DURATION:PT6H',
    'X-PUBLISHED-TTL:PT6H',
    ...events.flatMap((event) => eventLines(event, now)),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}

function eventLines(
  { uid, at, summary, description, url, alarmDaysBefore }: CalendarEvent,
  now: number,
): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${escapeText(uid)}`,
    `DTSTAMP:${dateTime(now)}`,
    `DTSTART;VALUE=DATE:${date(at)}`,
    // An all-day event ends on the day after its last day (section 3.6.1).
    `DTEND;VALUE=DATE:${date(at + DAY_MS)}`,
    `SUMMARY:${escapeText(summary)}`,
    `DESCRIPTION:${escapeText(description)}`,
    // A URI is not escaped (section 3.3.13).
    ...(url === undefined ? [] : [`URL:${url}`]),
    // The event does not show its reader as busy.
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

/** Escapes a text (section 3.3.11). */
function escapeText(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll(';', '\\;')
    .replaceAll(',', '\\,')
    .replaceAll(/\r\n|\r|\n/g, '\\n');
}

/** Splits a long line (section 3.1), but never within a character. */
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
