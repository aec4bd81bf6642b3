/**
 * Mailboxes that never worked and fail, while others of the app worked before: an outage soon after a first start, or a
 * fault of these mailboxes alone. In an outage, every login is refused.
 */
import { describe, expect, test } from 'vitest';
import { anApp, aTarget } from '../support/builders.ts';
import { fleet, type Watched } from './fleet.ts';

const always = (): boolean => true;
const never = (): boolean => false;
const outage =
  (from: number, until = Number.POSITIVE_INFINITY) =>
  (at: number): boolean =>
    at < from || at >= until;

function watched(mailbox: string, firstAt: number, works: Watched['works']): Watched {
  return { target: aTarget({ mailbox }), firstAt, works };
}

function overPop(mailbox: string, firstAt: number, works: Watched['works']): Watched {
  return { target: aTarget({ mailbox, protocol: 'pop3' }), firstAt, works };
}

interface Round {
  readonly name: string;
  readonly watched: readonly Watched[];
  /** In seconds. */
  readonly ends: number;
  readonly verdicts: Readonly<Record<string, readonly string[]>>;
  readonly asked: readonly string[];
  readonly incidents: readonly string[];
}

const ROUNDS: readonly Round[] = [
  {
    name: 'an outage: the first mailbox is corrected by its next probe, and the second one is right at once',
    watched: [
      ...['a', 'b', 'c', 'd', 'e'].map((mailbox) => watched(mailbox, 20, outage(60))),
      watched('first', 80, outage(60)),
      watched('second', 100, outage(60)),
    ],
    ends: 1_000,
    verdicts: {
      'first imap': ['80 mailbox-permission-missing', '111 exchange-sp-not-registered'],
      'second imap': ['100 exchange-sp-not-registered'],
    },
    asked: ['81 a imap', '82 e imap', '83 d imap'],
    incidents: ['exchange-sp-not-registered of plm'],
  },
  {
    name: 'an outage in an app of two mailboxes: the other one is asked and fails',
    watched: [watched('a', 0, outage(60)), watched('new', 100, outage(60))],
    ends: 1_000,
    verdicts: { 'new imap': ['100 mailbox-permission-missing', '131 exchange-sp-not-registered'] },
    asked: ['101 a imap'],
    incidents: ['exchange-sp-not-registered of plm', 'mailbox-permission-missing of a'],
  },
  {
    name: 'an outage of an app with one mailbox: its other protocol is asked and fails',
    watched: [overPop('new', 0, outage(60)), watched('new', 100, outage(60))],
    ends: 1_000,
    verdicts: { 'new imap': ['100 protocol-disabled-on-mailbox', '131 exchange-sp-not-registered'] },
    asked: ['101 new pop3'],
    incidents: ['exchange-sp-not-registered of plm', 'mailbox-permission-missing of new'],
  },
  {
    name: 'an outage over two protocols: the success of the mailbox over the other one is from before',
    watched: [
      watched('a', 0, outage(60)),
      overPop('a', 10, outage(60)),
      watched('b', 20, outage(60)),
      overPop('new', 30, outage(60)),
      watched('new', 80, outage(60)),
    ],
    ends: 1_000,
    verdicts: { 'new imap': ['80 protocol-disabled-on-mailbox', '111 exchange-sp-not-registered'] },
    asked: ['81 a imap', '82 a pop3', '82 b imap', '83 new pop3'],
    incidents: ['exchange-sp-not-registered of plm'],
  },
  {
    name: 'the end of an outage: a mailbox without permission is told apart at its next probe',
    watched: [
      watched('a', 0, outage(60, 400)),
      watched('b', 10, outage(60, 400)),
      watched('c', 20, outage(60, 400)),
      watched('new', 100, outage(60, 400)),
      watched('refused', 120, never),
    ],
    ends: 1_000,
    verdicts: {
      'new imap': ['100 mailbox-permission-missing', '131 exchange-sp-not-registered', '431 works'],
      'refused imap': ['120 exchange-sp-not-registered', '451 mailbox-permission-missing'],
    },
    asked: ['101 a imap', '102 c imap', '103 b imap'],
    incidents: ['exchange-sp-not-registered of plm', 'mailbox-permission-missing of refused'],
  },
  {
    name: 'one new mailbox without permission: another one is asked and works',
    watched: [watched('a', 0, always), watched('b', 100, always), watched('new', 200, never)],
    ends: 1_000,
    verdicts: { 'new imap': ['200 mailbox-permission-missing'] },
    asked: ['201 a imap'],
    incidents: ['mailbox-permission-missing of new'],
  },
  {
    name: 'one new mailbox without permission, moments after another one worked: nobody is asked',
    watched: [watched('a', 0, always), watched('b', 195, always), watched('new', 200, never)],
    ends: 1_000,
    verdicts: { 'new imap': ['200 mailbox-permission-missing'] },
    asked: [],
    incidents: ['mailbox-permission-missing of new'],
  },
  {
    name: 'one new mailbox without permission in an app of two: the other one worked long ago, and works when asked',
    watched: [watched('a', 0, always), watched('new', 290, never)],
    ends: 1_000,
    verdicts: { 'new imap': ['290 mailbox-permission-missing'] },
    asked: ['291 a imap'],
    incidents: ['mailbox-permission-missing of new'],
  },
  {
    name: 'one mailbox loses its permission, and a minute later there is a new one without permission',
    watched: [
      watched('a', 0, always),
      watched('lost', 50, outage(340)),
      watched('c', 100, always),
      watched('new', 411, never),
    ],
    ends: 1_000,
    verdicts: { 'new imap': ['411 mailbox-permission-missing'] },
    asked: ['351 a imap', '412 a imap'],
    incidents: ['mailbox-permission-missing of lost', 'mailbox-permission-missing of new'],
  },
  {
    name: 'one mailbox loses a protocol alone, and another never had it: its other protocol still shows that',
    watched: [
      watched('a', 0, always),
      overPop('new', 5, always),
      watched('lost', 50, outage(340)),
      watched('new', 411, never),
    ],
    ends: 1_000,
    verdicts: { 'new imap': ['411 protocol-disabled-on-mailbox'] },
    asked: ['351 a imap', '412 a imap'],
    incidents: ['mailbox-permission-missing of lost', 'protocol-disabled-on-mailbox of new'],
  },
  {
    name: 'a mailbox fails once, just before some that lack permission are probed: their verdict stays',
    watched: [
      watched('blip', 1, outage(601, 602)),
      watched('a', 150, always),
      ...['p', 'q', 'r', 's'].map((mailbox) => watched(mailbox, 270, never)),
    ],
    ends: 1_000,
    verdicts: {
      'blip imap': ['1 works', '601 exchange-transient', '632 works'],
      'p imap': ['270 mailbox-permission-missing'],
      's imap': ['270 mailbox-permission-missing'],
    },
    asked: ['271 blip imap', '602 a imap'],
    incidents: ['p', 'q', 'r', 's'].map((mailbox) => `mailbox-permission-missing of ${mailbox}`),
  },
];

test.each(ROUNDS)('$name', ({ watched: all, ends, verdicts, asked, incidents }) => {
  const story = fleet(all);
  story.runUntil(ends);
  const seen = Object.keys(verdicts).map((key) => [key, story.verdicts(key)]);
  expect(Object.fromEntries(seen)).toEqual(verdicts);
  expect(story.asked()).toEqual(asked);
  expect(story.incidents()).toEqual(incidents);
});

test('an outage soon after the first start of twenty apps is one incident', () => {
  const apps = Array.from({ length: 20 }, (_, at) => anApp({ id: `app-${at}` }));
  const all = Array.from({ length: 200 }, (_, at): Watched => {
    const target = aTarget({ mailbox: `box-${at}`, app: apps[at % apps.length] ?? anApp() });
    return { target, firstAt: at * 1.5, works: outage(100) };
  });
  const story = fleet(all);
  story.runUntil(1_000);
  expect(story.incidents()).toEqual(['service-incident of outlook.office365.com:993']);
});

describe('the corroborating probes of an app do not grow with the mailboxes that never worked', () => {
  const INTERVAL = 300;

  function asked(refused: number, working: number, works: Watched['works']): number {
    const others = spread(working, 'works', 0, works);
    const story = fleet([...others, ...spread(refused, 'refused', INTERVAL / 2, never)]);
    story.runUntil(3 * INTERVAL);
    return story.asked().length;
  }

  /** So many mailboxes that are first probed within half an interval. */
  function spread(count: number, name: string, from: number, works: Watched['works']): readonly Watched[] {
    return Array.from({ length: count }, (_, at) =>
      watched(`${name}-${at}`, from + (at * INTERVAL) / 2 / count, works),
    );
  }

  test.each([4, 40, 160])('in an outage: at most three (%i)', (count) => {
    expect(asked(count, 10, outage(INTERVAL / 2))).toBeLessThanOrEqual(3);
  });

  test.each([4, 40, 160])('without an outage: at most one in ten seconds (%i)', (count) => {
    expect(asked(count, 1, always)).toBeLessThanOrEqual(INTERVAL / 2 / 10);
  });

  test('without an outage, in an app where another mailbox works every few seconds: none', () => {
    const working = spread(100, 'works', 0, always);
    const story = fleet([...working, ...spread(100, 'refused', 0, never)]);
    story.runUntil(INTERVAL);
    expect(story.asked()).toEqual([]);
  });
});
