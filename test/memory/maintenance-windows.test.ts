/** Windows of the configuration and of the API, side by side: which are in force, over whom, and what the store learns. */
import { describe, expect, test } from 'vitest';
import { createMaintenanceWindows, type MaintenanceWindows } from '../../src/maintenance-windows.ts';
import type { MaintenanceSettings } from '../../src/config/memory-settings.ts';
import type { MaintenanceWindow } from '../../src/model/memory.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { aTarget, NOON } from '../support/builders.ts';
import { HOUR } from './world.ts';

const A = aTarget({ mailbox: 'a', labels: { site: 'berlin' } }).mailbox;
const B = aTarget({ mailbox: 'b' }).mailbox;
const BOTH = { affectedMailboxes: [A, B].map(({ id }) => ({ id, since: NOON })) };

type Limits = Pick<MaintenanceWindow, 'from' | 'until' | 'apps' | 'mailboxes' | 'labels'>;

/** Hours from noon. */
const span = (from: number, until: number, over: Omit<Limits, 'from' | 'until'> = {}): Limits => ({
  from: NOON + from * HOUR,
  until: NOON + until * HOUR,
  ...over,
});

const once = (...windows: readonly Limits[]): MaintenanceSettings => ({
  plans: [],
  windows: windows.map((window, at) =>
    Object.assign({ id: `once-${at}`, by: 'configuration', note: '' }, window),
  ),
});

/** Noon is on a Sunday. */
const WEEKLY: MaintenanceSettings = {
  plans: [
    {
      id: 'patches',
      schedule: { days: [0], startMinute: 12 * 60, endMinute: 14 * 60 },
      timezone: 'UTC',
      note: '',
    },
  ],
  windows: [],
};

async function aBook(
  settings: MaintenanceSettings,
  announced: readonly Limits[] = [],
): Promise<{ readonly book: MaintenanceWindows; readonly ids: readonly string[] }> {
  const book = createMaintenanceWindows(createMemoryStore());
  book.update(settings, [A, B]);
  const ids: string[] = [];
  for (const window of announced) ids.push((await book.announce({ ...window, by: 'Ada', note: '' })).id);
  return { book, ids };
}

/** Until when, in hours from noon, an incident of both mailboxes is in maintenance at the hour; `no` if it is not. */
const CASES: readonly [
  string,
  MaintenanceSettings,
  readonly Limits[],
  readonly (readonly [number, number | 'no'])[],
][] = [
  ['nothing is planned', once(), [], [[0, 'no']]],
  [
    'a window of the configuration',
    once(span(0, 2)),
    [],
    [
      [-0.1, 'no'],
      [0, 2],
      [1.9, 2],
      [2, 'no'],
    ],
  ],
  [
    'a weekly schedule',
    WEEKLY,
    [],
    [
      [-0.1, 'no'],
      [0, 2],
      [2, 'no'],
      [7 * 24, 7 * 24 + 2],
    ],
  ],
  [
    'a window of the API',
    once(),
    [span(0, 2)],
    [
      [-0.1, 'no'],
      [1, 2],
      [2, 'no'],
    ],
  ],
  [
    'one of each, overlapping',
    once(span(0, 2)),
    [span(1, 3)],
    [
      [0.5, 2],
      [1.5, 3],
      [2.5, 3],
      [3, 'no'],
    ],
  ],
  [
    'one of the API within a schedule',
    WEEKLY,
    [span(0.5, 1)],
    [
      [0.7, 2],
      [1.5, 2],
    ],
  ],
  ['a window of one mailbox alone', once(span(0, 2, { mailboxes: ['a'] })), [], [[1, 'no']]],
  ['a window of one label alone', once(span(0, 2, { labels: { site: 'berlin' } })), [], [[1, 'no']]],
  ['a window of the app', once(span(0, 2, { apps: ['plm'] })), [], [[1, 2]]],
  [
    'each mailbox in a window of its own',
    once(span(0, 2, { mailboxes: ['a'] })),
    [span(1, 3, { mailboxes: ['b'] })],
    [
      [0.5, 'no'],
      [1.5, 2],
      [2.5, 'no'],
    ],
  ],
];

test.each(CASES)('%s', async (_, settings, announced, moments) => {
  const { book } = await aBook(settings, announced);
  const seen = moments.map(([hour]) => {
    const until = book.overIncident(BOTH, NOON + hour * HOUR)?.until;
    return [hour, until === undefined ? 'no' : (until - NOON) / HOUR];
  });
  expect(seen).toEqual(moments);
});

test('a mailbox that is no longer affected, or configured, does not count', async () => {
  const { book } = await aBook(once(span(0, 2, { mailboxes: ['a'] })));
  const over = (id: string, until?: number): MaintenanceWindow | undefined =>
    book.overIncident(
      {
        affectedMailboxes: [
          { id: 'a', since: NOON },
          { id, since: NOON, ...(until === undefined ? {} : { until }) },
        ],
      },
      NOON,
    );
  expect(over('b')).toBeUndefined();
  expect(over('b', NOON)?.id).toBe('once-0');
  expect(over('gone')?.id).toBe('once-0');
});

describe('a window of the API', () => {
  test('ends by hand at once, and only once', async () => {
    const { book, ids } = await aBook(once(), [{ from: NOON }]);
    const [id = ''] = ids;
    expect(book.over(A, NOON + 100 * HOUR)?.id).toBe(id);
    expect(await book.end(id, NOON + HOUR)).toMatchObject({ id, until: NOON + HOUR });
    expect(book.over(A, NOON + HOUR)).toBeUndefined();
    expect(await book.end(id, NOON + HOUR)).toBeUndefined();
  });

  test('comes back after a restart, and one of the configuration is not doubled', async () => {
    const store = createMemoryStore();
    const before = createMaintenanceWindows(store);
    before.update(WEEKLY, [A, B]);
    const { id } = await before.announce({ from: NOON, until: NOON + HOUR, by: 'Ada', note: '' });
    const [occurrence, ...others] = before.takeBegun(NOON);
    expect(others).toEqual([]);
    const after = createMaintenanceWindows(store);
    after.restore([
      ...(await store.maintenance({ from: NOON, until: NOON + 1 })),
      ...(occurrence ? [occurrence] : []),
    ]);
    after.update(WEEKLY, [A, B]);
    expect(
      after
        .inForce(NOON)
        .map((window) => window.id)
        .toSorted(),
    ).toEqual([id, 'patches@2026-11-22T12:00:00.000Z'].toSorted());
    expect(after.takeBegun(NOON + 1)).toEqual([]);
  });
});

describe('the store learns of a window of the configuration', () => {
  test('when it begins, once, and never of one that runs to its end', async () => {
    const { book } = await aBook(WEEKLY);
    expect(book.takeBegun(NOON - 1)).toEqual([]);
    expect(book.takeBegun(NOON)).toMatchObject([{ id: 'patches@2026-11-22T12:00:00.000Z' }]);
    for (const hour of [0.5, 1.9, 2, 3]) expect(book.takeBegun(NOON + hour * HOUR)).toEqual([]);
  });

  test('when the configuration cuts it short', async () => {
    const { book } = await aBook(WEEKLY);
    book.takeBegun(NOON);
    book.update(once(), [A, B]);
    expect(book.takeBegun(NOON + HOUR)).toMatchObject([{ until: NOON + HOUR }]);
    expect(book.takeBegun(NOON + HOUR + 1)).toEqual([]);
  });
});
