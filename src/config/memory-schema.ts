/**
 * The settings of the store, its retention, maintenance windows and the external URL, as written in the file. Used by
 * `schema.ts`. `memory-settings.ts` turns them into the types of `model/`.
 */
import { z } from 'zod';
import { parseDatabaseUrl } from './database-url.ts';
import { parseSchedule } from '../model/schedule.ts';
import { isTimeZone } from '../model/time-zone.ts';
import { addFault, line, mismatch, path, text, words } from './fields.ts';
import { identifier, labels } from './nouns-schema.ts';
import { shown, shownKind } from './shown.ts';

const DAY_MS = 86_400_000;
const MOST_DAYS = 3_650;

const urlExpected = 'an http or https URL such as https://mailprobe.example';

/** The trailing slash is removed, so that a path can be appended. */
export const externalUrl = text({
  expected: urlExpected,
  code: 'not-a-url',
  pattern: /^https?:\/\/[^/?#@\s]+(?:\/[^?#\s]*)?$/,
  fault: (value) =>
    URL.canParse(value) ? undefined : { code: 'not-a-url', message: mismatch(urlExpected, value) },
}).transform((value) => (value.endsWith('/') ? value.slice(0, -1) : value));

const databaseExpected = 'a URL such as postgres://mailprobe@db.example/mailprobe';

const databaseUrl = text({
  expected: databaseExpected,
  code: 'not-a-database-url',
  pattern: /^postgres(?:ql)?:\/\/[^\s/?#]+\/[^\s/?#]+(?:\?[^\s#]*)?$/,
  echo: shownKind,
  fault: (value) => {
    const parsed = parseDatabaseUrl(value);
    if (typeof parsed !== 'string') return undefined;
    return {
      code: 'not-a-database-url',
      message: mismatch(databaseExpected, value, shownKind),
      hint: parsed,
    };
  },
});

const database = z.strictObject(
  {
    url: databaseUrl.describe(
      '`postgres://USER@HOST/DATABASE`, or several members of one cluster: `postgres://USER@HOST,HOST:PORT/DATABASE`. The connection is encrypted and the server is verified, unless `?sslmode=disable` follows. The password must not be in the URL: use `password_file`.',
    ),
    password_file: path('the file that holds the password', shownKind)
      .optional()
      .describe('File that holds the password. Read for each new connection, so that it can be rotated.'),
    ca_file: path('a PEM file')
      .optional()
      .describe(
        "PEM certificates of the authorities that sign the server's certificate, in place of the system's.",
      ),
  },
  words('a mapping such as { url: postgres://mailprobe@db.example/mailprobe, password_file: password }'),
);

const storeExpected =
  'the path of the database file, none, or a mapping with the url of a PostgreSQL database';

export const store = z.union([line(storeExpected, 'not-a-path', 4_096), database], words(storeExpected));

export const replica = z.strictObject(
  {
    name: identifier('replica')
      .optional()
      .describe(
        'Name of this replica, in `/api/v1/replicas` and in problems of the replica itself. Default: the name of the machine.',
      ),
  },
  words('a mapping such as { name: a }'),
);

export type StoreInFile = z.output<typeof store>;

/** Whole days, converted to milliseconds. */
export const retention = text({
  expected: `whole days from 1d to ${MOST_DAYS}d, such as 400d`,
  code: 'not-days',
  pattern: /^(?:[1-9]\d{0,2}|[12]\d{3}|3[0-5]\d\d|36[0-4]\d|3650)d$/,
}).transform((value) => Number(value.slice(0, -1)) * DAY_MS);

const scheduleExpected = 'days and times such as "Sun 02:00-04:00" or "Mon-Fri 22:00-06:00"';

const schedule = text({
  expected: scheduleExpected,
  code: 'not-a-schedule',
  pattern: /^[A-Za-z][A-Za-z, -]{2,150} \d{1,2}:\d{2} ?- ?\d{1,2}:\d{2}$/,
  fault: (value) => {
    const parsed = parseSchedule(value);
    if (typeof parsed !== 'string') return undefined;
    const message = mismatch(scheduleExpected, value);
    // The hint names only the specific fault, without the general description of what is expected.
    const [particular = ''] = parsed.split(/:? ?expected/);
    return { code: 'not-a-schedule', message, ...(particular === '' ? {} : { hint: particular }) };
  },
});

const timezoneExpected = 'the name of a time zone such as Europe/Berlin';

export const timezone = text({
  expected: timezoneExpected,
  code: 'not-a-time-zone',
  pattern: /^[A-Za-z][A-Za-z0-9_+/-]{1,59}$/,
  fault: (value) =>
    isTimeZone(value)
      ? undefined
      : { code: 'not-a-time-zone', message: mismatch(timezoneExpected, value, shown) },
});

const momentExpected = 'a time with its offset from UTC, such as 2027-03-01T22:00:00+01:00';

const moment = text({
  expected: momentExpected,
  code: 'not-a-time',
  pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/,
  fault: (value) =>
    Number.isNaN(Date.parse(value))
      ? { code: 'not-a-time', message: mismatch(momentExpected, value, shown) }
      : undefined,
}).transform((value) => Date.parse(value));

const list = (what: 'app' | 'mailbox', example: string) =>
  z
    .array(identifier(what), words(`a list of ids, such as [${example}]`))
    .min(1, words(`at least one id, such as [${example}]`));

const window = z
  .strictObject(
    {
      id: identifier('window').describe('Name of the window in the API and in incidents.'),
      schedule: schedule
        .optional()
        .describe(
          'For a weekly window: days and local times, such as `Sun 02:00-04:00`, `Mon-Fri 22:00-06:00`, `Sat,Sun 00:00-24:00`, `daily 03:00-03:30`. Needs `timezone`.',
        ),
      timezone: timezone
        .optional()
        .describe('IANA name of the time zone of `schedule`. Daylight saving time is taken into account.'),
      from: moment.optional().describe('For a single window, in place of `schedule`: when it begins.'),
      until: moment.optional().describe('For a single window: when it ends.'),
      apps: list('app', 'plm').optional().describe('Only mailboxes of these apps.'),
      mailboxes: list('mailbox', 'qms').optional().describe('Only these mailboxes.'),
      labels: labels.optional().describe('Only mailboxes that have all these labels.'),
      note: line('a text of 1 to 200 characters', 'not-a-note', 200)
        .optional()
        .describe('The reason. Shown with the window.'),
    },
    words('a mapping such as { id: patch-sunday, schedule: "Sun 02:00-04:00", timezone: Europe/Berlin }'),
  )
  .superRefine((written, faults) => {
    const isWeekly = written.schedule !== undefined;
    const isOnce = written.from !== undefined || written.until !== undefined;
    const ambiguous = isWeekly === isOnce;
    if (ambiguous) {
      const got = isWeekly ? 'both' : 'neither';
      const message = `expected either schedule with timezone, or from and until, got ${got}`;
      return addFault(faults, { code: 'window-when', message });
    }
    const missing = isWeekly
      ? (['timezone'] as const).find((key) => written[key] === undefined)
      : (['from', 'until'] as const).find((key) => written[key] === undefined);
    if (missing !== undefined)
      return addFault(faults, {
        code: 'window-incomplete',
        message: `expected ${missing} together with ${isWeekly ? 'schedule' : 'from or until'}, but it is missing`,
      });
    if ((written.until ?? 0) <= (written.from ?? 0) && isOnce)
      addFault(faults, { code: 'window-ends-first', message: 'expected until to be after from' }, ['until']);
  });

export const maintenance = z.array(window, words('a list of maintenance windows'));

export type WindowInFile = z.output<typeof window>;
