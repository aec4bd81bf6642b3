import { describe, expect, test } from 'vitest';
import {
  occurrencesOf,
  selects,
  windowOver,
  windowsAt,
  type MaintenancePlan,
} from '../../src/model/maintenance.ts';
import type { MaintenanceWindow } from '../../src/model/memory.ts';
import { parseSchedule, type WeeklySchedule } from '../../src/model/schedule.ts';
import { isTimeZone } from '../../src/model/time-zone.ts';

function schedule(text: string): WeeklySchedule {
  const parsed = parseSchedule(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

function aPlan(text: string, timezone = 'Europe/Berlin'): MaintenancePlan {
  return { id: 'patch', schedule: schedule(text), timezone, note: '' };
}

function spans(plan: MaintenancePlan, from: string, until: string): readonly string[] {
  return occurrencesOf(plan, Date.parse(from), Date.parse(until)).map(
    ({ from: start, until: end = 0 }) =>
      `${new Date(start).toISOString().slice(0, 16)}Z ${new Date(end).toISOString().slice(0, 16)}Z`,
  );
}

const ALL = [0, 1, 2, 3, 4, 5, 6];

describe('a schedule is parsed', () => {
  test.each<[string, WeeklySchedule]>([
    ['Sun 02:00-04:00', { days: [0], startMinute: 120, endMinute: 240 }],
    ['sunday 2:00-4:00', { days: [0], startMinute: 120, endMinute: 240 }],
    ['Sat,Sun 00:00-24:00', { days: [0, 6], startMinute: 0, endMinute: 1_440 }],
    ['Mon, Wed 22:00-02:00', { days: [1, 3], startMinute: 1_320, endMinute: 120 }],
    ['Mon-Fri 22:00-06:00', { days: [1, 2, 3, 4, 5], startMinute: 1_320, endMinute: 360 }],
    ['Fri-Mon 01:00-02:00', { days: [0, 1, 5, 6], startMinute: 60, endMinute: 120 }],
    ['daily 03:00-03:30', { days: ALL, startMinute: 180, endMinute: 210 }],
    ['Sun-Sat 03:00 - 03:30', { days: ALL, startMinute: 180, endMinute: 210 }],
  ])('%s', (text, expected) => {
    expect(parseSchedule(text)).toEqual(expected);
  });

  test.each([
    ['', /^expected days and times/],
    ['Sun', /^expected days and times/],
    ['02:00-04:00', /^expected days and times/],
    ['Son 02:00-04:00', /^"son" is no day of the week/],
    ['Sundry 02:00-04:00', /^"sundry" is no day of the week/],
    ['Mon-Wed-Fri 02:00-04:00', /^"mon-wed-fri" is no day of the week/],
    ['Sun 24:00-04:00', /^24:00 is no time of day/],
    ['Sun 02:60-04:00', /^02:60 is no time of day/],
    ['Sun 02:00-24:01', /^24:01 is no time of day/],
    ['Sun 02:00-02:00', /^it starts and ends at the same time/],
    [`Sun ${' '.repeat(300)}02:00-04:00`, /^expected days and times/],
  ])('"%s" is refused', (text, message) => {
    expect(parseSchedule(text)).toMatch(message);
  });
});

describe('occurrences of a schedule', () => {
  test.each<[string, MaintenancePlan, string, string, readonly string[]]>([
    [
      'an ordinary Sunday',
      aPlan('Sun 02:00-04:00'),
      '2026-11-27',
      '2026-12-03',
      ['2026-11-29T01:00Z 2026-11-29T03:00Z'],
    ],
    [
      'one hour is left out in spring: the window starts when the clocks change',
      aPlan('Sun 02:00-04:00'),
      '2026-03-28',
      '2026-03-30',
      ['2026-03-29T01:00Z 2026-03-29T02:00Z'],
    ],
    [
      'the whole window is left out in spring: it takes place an hour later by the new clock',
      aPlan('Sun 02:15-02:45'),
      '2026-03-28',
      '2026-03-30',
      ['2026-03-29T01:15Z 2026-03-29T01:45Z'],
    ],
    [
      'the start is left out and the end would come before it: it keeps its length',
      aPlan('Sun 02:30-03:00'),
      '2026-03-28',
      '2026-03-30',
      ['2026-03-29T01:30Z 2026-03-29T02:00Z'],
    ],
    [
      'one hour comes twice in autumn: from the first to the end, an hour longer',
      aPlan('Sun 02:00-04:00'),
      '2026-10-24',
      '2026-10-26',
      ['2026-10-25T00:00Z 2026-10-25T03:00Z'],
    ],
    [
      'a window within the hour that comes twice is the first of both',
      aPlan('Sun 02:00-02:30'),
      '2026-10-24',
      '2026-10-26',
      ['2026-10-25T00:00Z 2026-10-25T00:30Z'],
    ],
    [
      'it runs over midnight',
      aPlan('Sat 23:00-01:00'),
      '2026-11-27',
      '2026-12-03',
      ['2026-11-28T22:00Z 2026-11-29T00:00Z'],
    ],
    [
      'it began before the span and runs on in it',
      aPlan('Sat 23:00-01:00'),
      '2026-11-28T23:30:00Z',
      '2026-11-29T12:00:00Z',
      ['2026-11-28T22:00Z 2026-11-29T00:00Z'],
    ],
    [
      'it ends where the span begins, and is not of it',
      aPlan('Sat 23:00-01:00'),
      '2026-11-29T00:00:00Z',
      '2026-11-29T12:00:00Z',
      [],
    ],
    [
      'every day, whole days',
      aPlan('daily 00:00-24:00'),
      '2026-11-27T23:00:00Z',
      '2026-11-29T23:00:00Z',
      ['2026-11-27T23:00Z 2026-11-28T23:00Z', '2026-11-28T23:00Z 2026-11-29T23:00Z'],
    ],
    [
      'a zone far ahead of UTC has another day of the week',
      aPlan('Mon 01:00-02:00', 'Pacific/Auckland'),
      '2026-11-28',
      '2026-12-01',
      ['2026-11-29T12:00Z 2026-11-29T13:00Z'],
    ],
    [
      'a zone far behind UTC, over the change of the year',
      aPlan('Thu 20:00-22:00', 'America/Los_Angeles'),
      '2026-12-31',
      '2027-01-02',
      ['2027-01-01T04:00Z 2027-01-01T06:00Z'],
    ],
    [
      'a zone whose clocks change by half an hour',
      aPlan('Sun 02:00-03:00', 'Australia/Lord_Howe'),
      '2026-10-03',
      '2026-10-05',
      ['2026-10-03T15:30Z 2026-10-03T16:00Z'],
    ],
  ])('%s', (_, plan, from, until, expected) => {
    expect(spans(plan, from, until)).toEqual(expected);
  });

  test('each has the same id at every evaluation, and what the plan selects', () => {
    const plan = { ...aPlan('Sun 02:00-04:00'), apps: ['plm'], note: 'patches' };
    expect(occurrencesOf(plan, Date.parse('2026-11-29T02:00Z'), Date.parse('2026-11-29T02:01Z'))).toEqual([
      {
        id: 'patch@2026-11-29T01:00:00.000Z',
        from: Date.parse('2026-11-29T01:00Z'),
        until: Date.parse('2026-11-29T03:00Z'),
        by: 'configuration',
        note: 'patches',
        apps: ['plm'],
      },
    ]);
  });
});

describe('which window a mailbox is in', () => {
  const mailbox = { id: 'qms', app: 'plm', labels: { team: 'quality', site: 'hq' } };

  test.each([
    ['a selector without members selects all', {}, true],
    ['its app', { apps: ['erp', 'plm'] }, true],
    ['another app', { apps: ['erp'] }, false],
    ['its id', { mailboxes: ['qms'] }, true],
    ['its app, but another mailbox', { apps: ['plm'], mailboxes: ['hr'] }, false],
    ['one of its labels', { labels: { team: 'quality' } }, true],
    ['one label right and one wrong', { labels: { team: 'quality', site: 'lab' } }, false],
    ['no app at all', { apps: [] }, false],
  ])('%s', (_, selector, expected) => {
    expect(selects(selector, mailbox)).toBe(expected);
  });

  const aWindow = (id: string, from: number, until?: number): MaintenanceWindow => ({
    id,
    from,
    ...(until === undefined ? {} : { until }),
    by: 'it',
    note: '',
  });

  test.each<[string, readonly MaintenanceWindow[], string | undefined]>([
    ['none is in force', [aWindow('over', 0, 100), aWindow('to come', 101)], undefined],
    ['it begins at this moment', [aWindow('now', 100, 200)], 'now'],
    [
      'of two that overlap, the one that ends last',
      [aWindow('long', 0, 300), aWindow('short', 50, 200)],
      'long',
    ],
    ['one without an end ends last', [aWindow('long', 0, 300), aWindow('open', 99)], 'open'],
  ])('%s', (_, windows, expected) => {
    expect(windowOver(mailbox, windowsAt(windows, [], 100))?.id).toBe(expected);
  });

  test('the occurrence of a plan counts like a window', () => {
    const inForce = windowsAt([], [aPlan('Sun 02:00-04:00')], Date.parse('2026-11-29T02:59:59Z'));
    expect(windowOver(mailbox, inForce)?.id).toBe('patch@2026-11-29T01:00:00.000Z');
    expect(windowsAt([], [aPlan('Sun 02:00-04:00')], Date.parse('2026-11-29T03:00Z'))).toEqual([]);
  });
});

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['Europe/Atlantis', false],
])('the time zone %s is known: %s', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected);
});
