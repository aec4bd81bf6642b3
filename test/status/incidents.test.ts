import { describe, expect, test } from 'vitest';
import { aWorld, OF_APP, type World } from './incident-world.ts';

const PERMISSION = { cause: 'mailbox-permission-missing' } as const;
const MISMATCH = { cause: 'username-mailbox-mismatch' } as const;
const EXPIRED = { cause: 'secret-expired', ...OF_APP } as const;
const UNREGISTERED = { cause: 'exchange-sp-not-registered', ...OF_APP } as const;
const EXPIRES = { cause: 'secret-expiring', severity: 'warning', ...OF_APP } as const;

/** What happens, and what is announced of it. */
type Step = readonly [(world: World) => void, ...announced: readonly string[]];

const STORIES: readonly [string, readonly Step[]][] = [
  [
    'an outage opens once and closes once',
    [
      [({ down }) => down('a imap', PERMISSION), 'opened mailbox-permission-missing'],
      [({ down }) => down('a imap', PERMISSION)],
      [({ up }) => up('a imap'), 'closed recovered'],
      [({ up }) => up('a imap')],
    ],
  ],
  [
    'a second spell within an hour reopens it',
    [
      [({ down }) => down('a imap', PERMISSION), 'opened mailbox-permission-missing'],
      [({ up }) => up('a imap'), 'closed recovered'],
      [
        ({ pass, down }) => {
          pass(3_000);
          down('a imap', PERMISSION);
        },
        'reopened mailbox-permission-missing',
      ],
      [({ up }) => up('a imap'), 'closed recovered'],
    ],
  ],
  [
    'under another cause too, if the mailbox is the same',
    [
      [({ down }) => down('a imap', PERMISSION), 'opened mailbox-permission-missing'],
      [({ up }) => up('a imap'), 'closed recovered'],
      [({ down }) => down('a imap', MISMATCH), 'reopened username-mailbox-mismatch'],
      [({ down }) => down('b imap', MISMATCH), 'opened username-mailbox-mismatch'],
    ],
  ],
  [
    'a spell after more than an hour is another incident',
    [
      [({ down }) => down('a imap', PERMISSION), 'opened mailbox-permission-missing'],
      [({ up }) => up('a imap'), 'closed recovered'],
      [
        ({ pass, down }) => {
          pass(3_601);
          down('a imap', PERMISSION);
        },
        'opened mailbox-permission-missing',
      ],
    ],
  ],
  [
    'a cause that changes in mid-incident is inherited',
    [
      [({ down }) => down('a imap', PERMISSION), 'opened mailbox-permission-missing'],
      [({ down }) => down('a imap', MISMATCH), 'changed username-mailbox-mismatch'],
      [({ up }) => up('a imap'), 'closed recovered'],
    ],
  ],
  [
    'a cause that changes from mailbox to mailbox is inherited once the last has changed',
    [
      [
        ({ down }) => {
          down('a imap', UNREGISTERED);
          down('b imap', UNREGISTERED);
        },
        'opened exchange-sp-not-registered',
      ],
      [({ down }) => down('a imap', EXPIRED)],
      [({ down }) => down('b imap', EXPIRED), 'changed secret-expired'],
      [({ up }) => up('a imap')],
      [({ up }) => up('b imap'), 'closed recovered'],
    ],
  ],
  [
    'two protocols of a mailbox may fail for two reasons',
    [
      [({ down }) => down('a imap', PERMISSION), 'opened mailbox-permission-missing'],
      [({ down }) => down('a pop3', MISMATCH), 'opened username-mailbox-mismatch'],
      [({ up }) => up('a imap'), 'closed recovered'],
      [({ up }) => up('a pop3'), 'closed recovered'],
    ],
  ],
  [
    'a change of scope supersedes and is never called recovered',
    [
      [({ down }) => down('a imap', PERMISSION), 'opened mailbox-permission-missing'],
      [({ down }) => down('b imap', UNREGISTERED), 'opened exchange-sp-not-registered'],
      [({ down }) => down('a imap', UNREGISTERED), 'closed superseded', 'grew exchange-sp-not-registered'],
      [({ up }) => up('b imap')],
      [({ up }) => up('a imap'), 'closed recovered'],
    ],
  ],
  [
    'a change of scope at once, too',
    [
      [({ down }) => down('a imap', PERMISSION), 'opened mailbox-permission-missing'],
      [({ down }) => down('a imap', EXPIRED), 'closed superseded', 'opened secret-expired'],
    ],
  ],
  [
    'a scope that changes back opens no third incident',
    [
      [({ down }) => down('a imap', PERMISSION), 'opened mailbox-permission-missing'],
      [({ down }) => down('a imap', EXPIRED), 'closed superseded', 'opened secret-expired'],
      [({ down }) => down('a imap', PERMISSION), 'closed superseded', 'reopened mailbox-permission-missing'],
    ],
  ],
  [
    'our own network closes no incident of a mailbox',
    [
      [({ down }) => down('a imap', PERMISSION), 'opened mailbox-permission-missing'],
      [({ cutOff }) => cutOff('a imap'), 'opened own-network-down'],
      [({ cutOff }) => cutOff('a imap')],
      [({ down }) => down('a imap', PERMISSION), 'closed recovered'],
      [({ up }) => up('a imap'), 'closed recovered'],
    ],
  ],
  [
    'what recovered behind an outage of our own network closes then',
    [
      [({ down }) => down('a imap', PERMISSION), 'opened mailbox-permission-missing'],
      [({ cutOff }) => cutOff('a imap'), 'opened own-network-down'],
      [({ up }) => up('a imap'), 'closed recovered', 'closed recovered'],
    ],
  ],
  [
    'a result that grows stale closes nothing',
    [
      [({ down }) => down('a imap', PERMISSION), 'opened mailbox-permission-missing'],
      [({ stale }) => stale('a imap')],
      [({ up }) => up('a imap'), 'closed recovered'],
    ],
  ],
  [
    'a mailbox that is removed while it is down is no longer configured',
    [
      [({ down }) => down('a imap', PERMISSION), 'opened mailbox-permission-missing'],
      [({ remove }) => remove('a imap'), 'closed no-longer-configured'],
    ],
  ],
  [
    'of an app with one mailbox removed, the others must recover',
    [
      [
        ({ down }) => {
          down('a imap', EXPIRED);
          down('b imap', EXPIRED);
        },
        'opened secret-expired',
      ],
      [({ remove }) => remove('a imap')],
      [({ up }) => up('b imap'), 'closed recovered'],
    ],
  ],
  [
    'an advisory closes when it is no longer found, and an outage after it is another incident',
    [
      [({ ofApp }) => ofApp(['a', 'b'], EXPIRES), 'opened secret-expiring'],
      [({ ofApp }) => ofApp(['a', 'b']), 'closed recovered'],
      [({ down }) => down('a imap', EXPIRED), 'opened secret-expired'],
    ],
  ],
  [
    'a warning that becomes an outage says so, and then closes only by successes',
    [
      [({ ofApp }) => ofApp(['a', 'b'], EXPIRED), 'opened secret-expired'],
      [({ down }) => down('a imap', EXPIRED), 'changed secret-expired'],
      [({ ofApp, down }) => (ofApp([]), down('a imap', UNREGISTERED)), 'changed exchange-sp-not-registered'],
      [({ up }) => up('a imap'), 'closed recovered'],
    ],
  ],
  [
    'a clock that is set back and forth doubles nothing',
    [
      [({ down }) => down('a imap', PERMISSION), 'opened mailbox-permission-missing'],
      [({ pass, down }) => (pass(-1_800), down('a imap', PERMISSION))],
      [({ up }) => up('a imap'), 'closed recovered'],
      [({ pass, down }) => (pass(-1_800), down('a imap', PERMISSION)), 'reopened mailbox-permission-missing'],
      [({ pass, down }) => (pass(7_200), down('a imap', PERMISSION))],
      [({ up }) => up('a imap'), 'closed recovered'],
    ],
  ],
];

const KEYS = ['a imap', 'a pop3', 'b imap'];

describe('incidents', () => {
  test.each(STORIES)('%s', (_, steps) => {
    const world = aWorld(...KEYS);
    const seen = steps.map(([happen]) => {
      world.pass(60);
      happen(world);
      return [...world.take()].sort();
    });
    expect(seen).toEqual(steps.map(([, ...announced]) => [...announced].sort()));
  });

  const RESTARTS = STORIES.flatMap(([name, steps]) => steps.map((_, at) => [name, at + 1, steps] as const));

  test.each(RESTARTS)('%s, restarted after step %i', (_, restartAfter, steps) => {
    for (const isProbedFirst of [true, false]) {
      const world = aWorld(...KEYS);
      const seen = steps.map(([happen], at) => {
        world.pass(60);
        happen(world);
        const announced = [...world.take()].sort();
        if (at + 1 !== restartAfter) return announced;
        world.restart();
        if (isProbedFirst) world.reportAgain();
        const afterRestart = [...announced, ...world.take()];
        world.reportAgain();
        return [...afterRestart, ...world.take()];
      });
      expect(seen).toEqual(steps.map(([, ...announced]) => [...announced].sort()));
    }
  });
});

test('forty mailboxes behind one secret are one incident, which grows and shrinks', () => {
  const keys = Array.from({ length: 40 }, (_, at) => `m${at} imap`);
  const world = aWorld(...keys);
  const announced: string[] = [];
  for (const key of keys) {
    world.pass(1);
    world.down(key, EXPIRED);
    announced.push(...world.take());
  }
  expect(announced).toEqual(['opened secret-expired', ...keys.slice(1).map(() => 'grew secret-expired')]);
  for (const key of keys) {
    world.pass(1);
    world.up(key);
    announced.push(...world.take());
  }
  expect(announced.slice(40)).toEqual(['closed recovered']);
  const { affectedMailboxes, peakAffected } = world.one();
  expect(peakAffected).toBe(40);
  expect(affectedMailboxes.every(({ since, until = 0 }) => until - since === 40_000)).toBe(true);
});

test('what is stored is more than what is announced: who recovered, and how far', () => {
  const world = aWorld('a imap', 'b imap');
  world.down('a imap', EXPIRED);
  world.down('b imap', EXPIRED);
  world.take();
  world.pass(60);
  world.up('a imap');
  expect(world.take()).toEqual([]);
  expect(world.updated()).toMatchObject([
    { affectedMailboxes: [{ id: 'a', until: world.now() }, { id: 'b' }] },
  ]);
  world.intermittent('b imap', 3);
  expect(world.take()).toEqual([]);
  expect(world.updated()).toMatchObject([{ state: 'intermittent', recovering: { successes: 3, needed: 6 } }]);
  expect(world.take()).toEqual([]);
  expect(world.updated()).toEqual([]);
});

test('an incident reads as one story: causes, spells, links', () => {
  const world = aWorld('a imap');
  const since = world.now();
  world.down('a imap', PERMISSION);
  world.take();
  world.pass(300);
  world.down('a imap', MISMATCH);
  world.take();
  world.pass(300);
  world.up('a imap');
  world.take();
  world.pass(300);
  world.down('a imap', PERMISSION);
  world.take();
  expect(world.one()).toMatchObject({
    problem: 'mailbox-permission-missing:mailbox:a',
    opened: since,
    state: 'intermittent',
    formerCauses: ['username-mailbox-mismatch'],
    spells: [since, since + 900_000],
    affectedMailboxes: [{ id: 'a', since }],
    advisory: false,
  });
  world.pass(60);
  world.down('a imap', EXPIRED);
  world.take();
  const [superseding, superseded] = world.incidents().all();
  expect(superseded).toMatchObject({ closeReason: 'superseded', supersededBy: superseding?.id });
});

test('after a restart an advisory waits until what it concerns was probed again', () => {
  const world = aWorld('a imap');
  const SOON = { cause: 'server-certificate-expiring', severity: 'warning' } as const;
  world.up('a imap', SOON);
  expect(world.take()).toEqual(['opened server-certificate-expiring']);
  world.up('a imap');
  world.restart();
  world.pass(1);
  expect(world.take()).toEqual([]);
  world.pass(900);
  world.up('a imap');
  expect(world.take()).toEqual(['closed recovered']);
});

test('it opens with its first failure, and is confirmed when it is known: whatever follows', () => {
  const world = aWorld('a imap');
  const since = world.now();
  world.down('a imap', PERMISSION);
  world.pass(300);
  world.take();
  const times = { opened: since, confirmed: since + 300_000 };
  expect(world.one()).toMatchObject(times);
  world.down('a imap', MISMATCH);
  world.take();
  world.restart();
  world.up('a imap');
  world.take();
  world.pass(300);
  world.down('a imap', PERMISSION);
  world.take();
  expect(world.one()).toMatchObject({ ...times, state: 'intermittent' });
});

test('an acknowledgement and a maintenance window stay with the incident', () => {
  const world = aWorld('a imap');
  world.down('a imap', PERMISSION);
  world.take();
  const { id } = world.one();
  const acknowledgement = { by: 'ada', note: 'on it', at: world.now() };
  expect(world.incidents().annotate(id, { acknowledgement })).toMatchObject({ acknowledgement });
  world.up('a imap');
  world.take();
  expect(world.one()).toMatchObject({ state: 'closed', acknowledgement });
  expect(world.incidents().annotate(id, { maintenance: 'patch' })).toMatchObject({ maintenance: 'patch' });
  expect(world.incidents().annotate('another', {})).toBeUndefined();
});
