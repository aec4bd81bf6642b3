import { type Sums, upShare } from '../../src/model/availability.ts';
import type { Span } from '../../src/model/past.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Incident } from '../../src/model/incident.ts';
import { NO_CHANGES, type MaintenanceWindow, type StateChange } from '../../src/model/memory.ts';
import { availabilityBy } from '../../src/store/availability-by.ts';
import {
  availabilityOf,
  type AvailabilityFacts,
  type MailboxAvailability,
} from '../../src/store/availability.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { aChange, anIncident, aSession, aTargetMemory, aWindow } from './builders.ts';

/** A history on a small scale: the window is 0 to 100. */
interface Story {
  readonly imap?: readonly (readonly [StateChange['state'], number])[];
  readonly pop3?: readonly (readonly [StateChange['state'], number])[];
  readonly sessions?: readonly (readonly [number, number])[];
  readonly maintenance?: readonly (readonly [number, number])[];
}

const WINDOW = { from: 0, until: 100 };

function availabilityFor({
  imap = [],
  pop3 = [],
  sessions = [[0, 100]],
  maintenance = [],
}: Story): MailboxAvailability {
  const spanOf = ([from, until]: readonly [number, number]): Span => ({ from, until });
  const windowOf = (span: readonly [number, number], at: number): MaintenanceWindow =>
    aWindow(`w${at}`, ...span);
  const compute = availabilityOf(WINDOW, {
    sessions: sessions.map(spanOf),
    maintenance: maintenance.map(windowOf),
  });
  const targets = [imap, pop3].map((changes) => changes.map(([state, at]) => ({ state, at })));
  return compute({ mailbox: 'qms', app: 'plm', labels: {}, targets, incidents: [] });
}

function sumsOf({ upMs, downMs, unknownMs, maintenanceMs, notWatchedMs }: Sums): readonly number[] {
  return [upMs, downMs, unknownMs, maintenanceMs, notWatchedMs];
}

describe('up, down, unknown, maintenance, not watched', () => {
  test.each<[string, Story, readonly number[]]>([
    ['never watched', {}, [0, 0, 0, 0, 100]],
    ['up all the time, by one change long ago', { imap: [['up', -500]] }, [100, 0, 0, 0, 0]],
    [
      'an outage',
      {
        imap: [
          ['up', -5],
          ['down', 20],
          ['up', 50],
        ],
      },
      [70, 30, 0, 0, 0],
    ],
    [
      'down until now',
      {
        imap: [
          ['up', -5],
          ['down', 90],
        ],
      },
      [90, 10, 0, 0, 0],
    ],
    [
      'an outage that began before the window',
      {
        imap: [
          ['down', -5],
          ['up', 10],
        ],
      },
      [90, 10, 0, 0, 0],
    ],
    [
      'a change at the very start of the window',
      {
        imap: [
          ['up', -5],
          ['down', 0],
        ],
      },
      [0, 100, 0, 0, 0],
    ],
    [
      'a change after the window',
      {
        imap: [
          ['up', -5],
          ['down', 100],
        ],
      },
      [100, 0, 0, 0, 0],
    ],
    [
      'first watched in the window',
      {
        imap: [
          ['unknown', 30],
          ['up', 40],
        ],
      },
      [60, 0, 10, 0, 30],
    ],
    [
      'removed, and added again',
      {
        imap: [
          ['up', -5],
          ['removed', 40],
          ['unknown', 80],
          ['up', 85],
        ],
      },
      [55, 0, 5, 0, 40],
    ],
    [
      'down over one protocol is down',
      {
        imap: [['up', -5]],
        pop3: [
          ['up', -5],
          ['down', 20],
          ['up', 30],
        ],
      },
      [90, 10, 0, 0, 0],
    ],
    [
      'unknown over one protocol is unknown',
      { imap: [['up', -5]], pop3: [['unknown', 60]] },
      [60, 0, 40, 0, 0],
    ],
    ['down counts before unknown', { imap: [['down', -5]], pop3: [['unknown', -5]] }, [0, 100, 0, 0, 0]],
    [
      'one protocol that is no longer watched says nothing',
      {
        imap: [['up', -5]],
        pop3: [
          ['down', -5],
          ['removed', 10],
        ],
      },
      [90, 10, 0, 0, 0],
    ],
    [
      'a restart: in between it is not watched, after it as before',
      {
        imap: [
          ['up', -5],
          ['down', 45],
          ['up', 55],
        ],
        sessions: [
          [-50, 40],
          [50, 100],
        ],
      },
      [85, 5, 0, 0, 10],
    ],
    [
      'restarts every night',
      {
        imap: [['up', -5]],
        sessions: [
          [0, 9],
          [10, 19],
          [20, 29],
          [30, 39],
          [40, 100],
        ],
      },
      [96, 0, 0, 0, 4],
    ],
    [
      'two replicas at a time count once',
      {
        imap: [['up', -5]],
        sessions: [
          [0, 60],
          [40, 100],
        ],
      },
      [100, 0, 0, 0, 0],
    ],
    ['no session at all', { imap: [['up', -5]], sessions: [] }, [0, 0, 0, 0, 100]],
    ['maintenance while it is up', { imap: [['up', -5]], maintenance: [[10, 20]] }, [90, 0, 0, 10, 0]],
    [
      'an outage that begins in maintenance counts from its end',
      {
        imap: [
          ['up', -5],
          ['down', 15],
          ['up', 30],
        ],
        maintenance: [[10, 20]],
      },
      [80, 10, 0, 10, 0],
    ],
    [
      'windows that overlap count once',
      {
        imap: [['up', -5]],
        maintenance: [
          [10, 30],
          [20, 40],
          [25, 26],
        ],
      },
      [70, 0, 0, 30, 0],
    ],
    [
      'windows that touch',
      {
        imap: [['up', -5]],
        maintenance: [
          [10, 20],
          [20, 30],
        ],
      },
      [80, 0, 0, 20, 0],
    ],
    [
      'maintenance while nobody watched is not watched',
      { imap: [['up', -5]], sessions: [[0, 50]], maintenance: [[40, 60]] },
      [40, 0, 0, 10, 50],
    ],
    [
      'the clock was set back: a session that ends before it began',
      {
        imap: [['up', -5]],
        sessions: [
          [0, 100],
          [60, 40],
        ],
      },
      [100, 0, 0, 0, 0],
    ],
    [
      'the clock was set back: changes are taken by their times',
      {
        imap: [
          ['up', -5],
          ['down', 60],
          ['up', 40],
          ['down', 50],
        ],
      },
      [50, 50, 0, 0, 0],
    ],
  ])('%s', (_, story, expected) => {
    expect(sumsOf(availabilityFor(story))).toEqual(expected);
  });
});

describe('outages', () => {
  test.each<[string, Story, number, Partial<MailboxAvailability['longestOutage']> | undefined]>([
    ['none', { imap: [['up', -5]] }, 0, undefined],
    [
      'one',
      {
        imap: [
          ['up', -5],
          ['down', 20],
          ['up', 50],
        ],
      },
      1,
      { from: 20, until: 50, downMs: 30 },
    ],
    [
      'the longest of two',
      {
        imap: [
          ['up', -5],
          ['down', 20],
          ['up', 25],
          ['down', 60],
          ['up', 80],
        ],
      },
      2,
      { from: 60, until: 80, downMs: 20 },
    ],
    [
      'both protocols, one after the other without a gap',
      {
        imap: [
          ['up', -5],
          ['down', 20],
          ['up', 30],
        ],
        pop3: [
          ['up', -5],
          ['down', 25],
          ['up', 40],
        ],
      },
      1,
      { from: 20, until: 40, downMs: 20 },
    ],
    [
      'over a restart it is one',
      {
        imap: [
          ['up', -5],
          ['down', 20],
          ['up', 60],
        ],
        sessions: [
          [0, 30],
          [40, 100],
        ],
      },
      1,
      { from: 20, until: 60, downMs: 30 },
    ],
    [
      'all of it in maintenance: none',
      {
        imap: [
          ['up', -5],
          ['down', 20],
          ['up', 30],
        ],
        maintenance: [[10, 40]],
      },
      0,
      undefined,
    ],
    [
      'cut to the window',
      {
        imap: [
          ['down', -50],
          ['up', 10],
        ],
      },
      1,
      { from: 0, until: 10, downMs: 10 },
    ],
  ])('%s', (_, story, outages, longest) => {
    const { longestOutage, ...rest } = availabilityFor(story);
    expect(rest.outages).toBe(outages);
    expect(longestOutage).toEqual(longest && { mailbox: 'qms', ...longest });
  });
});

describe('for any history', () => {
  const time = fc.integer({ min: -50, max: 150 });
  const pair = fc.tuple(time, time);
  const changes = fc.array(
    fc.tuple(fc.constantFrom<StateChange['state']>('up', 'down', 'unknown', 'removed'), time),
  );
  const story = fc.record({
    imap: changes,
    pop3: changes,
    sessions: fc.array(pair),
    maintenance: fc.array(pair),
  });

  test('the sums add up to the window, and none is negative', () => {
    fc.assert(
      fc.property(story, (one) => {
        const sums = sumsOf(availabilityFor(one));
        expect(sums.reduce((sum, part) => sum + part)).toBe(100);
        expect(Math.min(...sums)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });

  test('each sum is what counting the milliseconds one by one gives', () => {
    const isIn = (spans: readonly (readonly [number, number])[], at: number): boolean =>
      spans.some(([from, until]) => from <= at && at < until);
    const stateAt = (its: Story['imap'], at: number): string =>
      its?.toSorted((a, b) => a[1] - b[1]).findLast(([, from]) => from <= at)?.[0] ?? 'removed';
    fc.assert(
      fc.property(story, (one) => {
        const counted = [0, 0, 0, 0, 0];
        for (let at = 0; at < 100; at += 1) {
          const states = [stateAt(one.imap, at), stateAt(one.pop3, at)];
          const isWatched = isIn(one.sessions, at) && states.some((state) => state !== 'removed');
          const condition = !isWatched
            ? 4
            : isIn(one.maintenance, at)
              ? 3
              : states.includes('down')
                ? 1
                : states.includes('unknown')
                  ? 2
                  : 0;
          counted[condition] = (counted[condition] ?? 0) + 1;
        }
        expect(sumsOf(availabilityFor(one))).toEqual(counted);
      }),
      { numRuns: 300 },
    );
  });

  test('the sums of a group, too, add up to the window', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(story, { minLength: 1, maxLength: 7 }), async (stories) => {
        const facts: AvailabilityFacts = {
          window: WINDOW,
          mailboxes: stories.map(availabilityFor),
          incidents: [],
        };
        const [row] = await availabilityBy(facts, 'app');
        expect(row && sumsOf(row).reduce((sum, part) => sum + part)).toBe(100);
      }),
      { numRuns: 200 },
    );
  });
});

describe('by mailbox, app and label', () => {
  async function facts(): Promise<AvailabilityFacts> {
    const store = createMemoryStore();
    const closed = (at: number): Partial<Incident> => ({
      state: 'closed',
      closed: at,
      closeReason: 'recovered',
    });
    await store.save({
      ...NO_CHANGES,
      targets: [
        aTargetMemory({ mailbox: 'a', labels: { team: 'q' } }),
        aTargetMemory({ mailbox: 'b', labels: { team: 'q' } }),
        aTargetMemory({ mailbox: 'c', app: 'erp' }),
      ],
      stateChanges: [
        aChange('up', 0, { mailbox: 'a' }),
        aChange('up', 0, { mailbox: 'b' }),
        aChange('down', 80, { mailbox: 'b' }),
        aChange('up', 85, { mailbox: 'b' }),
        aChange('up', 0, { mailbox: 'c', app: 'erp' }),
      ],
      session: aSession(0, 100),
      incidents: [
        anIncident('i1', {
          ...closed(30),
          opened: 10,
          affectedMailboxes: [
            { id: 'a', since: 10, until: 30 },
            { id: 'b', since: 10, until: 30 },
          ],
        }),
        anIncident('i2', {
          ...closed(90),
          opened: 80,
          cause: 'protocol-disabled-on-mailbox',
          owner: 'exchange-admin',
          affectedMailboxes: [{ id: 'b', since: 80, until: 90 }],
        }),
        anIncident('i3', { opened: 95, scope: 'app', subject: 'erp', affectedMailboxes: [] }),
      ],
    });
    return await store.availability(WINDOW);
  }

  test('an incident that affects two mailboxes of a group counts once', async () => {
    const rows = await availabilityBy(await facts(), 'app');
    expect(rows).toEqual([
      {
        subject: 'erp',
        mailboxes: 1,
        upMs: 100,
        downMs: 0,
        unknownMs: 0,
        maintenanceMs: 0,
        notWatchedMs: 0,
        outages: 0,
        incidents: 1,
        byCause: { 'secret-expired': { incidents: 1 } },
        byOwner: { 'entra-admin': { incidents: 1 } },
      },
      {
        subject: 'plm',
        mailboxes: 2,
        upMs: 98,
        downMs: 2,
        unknownMs: 0,
        maintenanceMs: 0,
        notWatchedMs: 0,
        outages: 1,
        longestOutage: { mailbox: 'b', from: 80, until: 85, downMs: 5 },
        incidents: 2,
        timeToFix: { incidents: 2, meanMs: 15, longestMs: 20 },
        byCause: {
          'protocol-disabled-on-mailbox': {
            incidents: 1,
            timeToFix: { incidents: 1, meanMs: 10, longestMs: 10 },
          },
          'secret-expired': { incidents: 1, timeToFix: { incidents: 1, meanMs: 20, longestMs: 20 } },
        },
        byOwner: {
          'entra-admin': { incidents: 1, timeToFix: { incidents: 1, meanMs: 20, longestMs: 20 } },
          'exchange-admin': { incidents: 1, timeToFix: { incidents: 1, meanMs: 10, longestMs: 10 } },
        },
      },
    ]);
  });

  test.each([
    ['mailbox', ['a 1', 'b 1', 'c 1']],
    ['app', ['erp 1', 'plm 2']],
    [{ label: 'team' }, ['q 2']],
    [{ label: 'site' }, []],
  ] as const)('by %j', async (key, expected) => {
    const rows = await availabilityBy(await facts(), key);
    expect(rows.map(({ subject, mailboxes }) => `${subject} ${mailboxes}`)).toEqual(expected);
  });

  test('the share that was up leaves out what says nothing', () => {
    const nothing = { upMs: 0, downMs: 0, unknownMs: 60, maintenanceMs: 30, notWatchedMs: 10 };
    expect(upShare(nothing)).toBeUndefined();
    expect(upShare({ ...nothing, upMs: 30, downMs: 10 })).toBe(0.75);
  });
});
