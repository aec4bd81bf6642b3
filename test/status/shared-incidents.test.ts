/** Incidents of several replicas: what goes to another, and what another opened before us. */
import { describe, expect, test } from 'vitest';
import type { Theirs } from '../../src/status/incident-table.ts';
import { aWorld, OF_APP, type World } from './incident-world.ts';

const PERMISSION = { cause: 'mailbox-permission-missing' } as const;
const EXPIRED = { cause: 'secret-expired', ...OF_APP } as const;
const OF_TENANT = { cause: 'service-incident', scope: 'tenant', subject: 'contoso' } as const;

const idsOf = ({ incidents }: World): readonly string[] =>
  incidents()
    .all()
    .map(({ id }) => id);
const affectedIn = (world: World): readonly string[] =>
  world
    .one()
    .affectedMailboxes.filter(({ until }) => until === undefined)
    .map(({ id }) => id);
const theirs = (...mailboxes: readonly string[]): Theirs => ({
  mailbox: (id) => mailboxes.includes(id),
  app: () => mailboxes.includes('b'),
});
/** Their mailboxes are another's from now on: handed over first, then no longer watched. */
const giveAway = (world: World, ...mailboxes: readonly string[]): void => {
  world.incidents().handOver(theirs(...mailboxes));
  for (const mailbox of mailboxes) world.remove(`${mailbox} imap`);
};

describe('an incident whose mailboxes go to another replica', () => {
  test('goes with them: it is neither closed nor announced here', () => {
    const world = aWorld('a imap');
    world.down('a imap', PERMISSION);
    expect(world.take()).toEqual(['opened mailbox-permission-missing']);
    giveAway(world, 'a');
    expect(world.take()).toEqual([]);
    expect(world.updated()).toEqual([]);
    expect(idsOf(world)).toEqual([]);
  });

  test('without the handing over it would be closed as no longer configured', () => {
    const world = aWorld('a imap');
    world.down('a imap', PERMISSION);
    world.take();
    world.remove('a imap');
    expect(world.take()).toEqual(['closed no-longer-configured']);
  });

  test('stays with the rest where some stay, and closes with the last of ours', () => {
    const world = aWorld('a imap', 'b imap');
    for (const key of ['a imap', 'b imap']) world.down(key, OF_TENANT);
    expect(world.take()).toEqual(['opened service-incident']);
    expect(affectedIn(world)).toEqual(['a', 'b']);
    giveAway(world, 'b');
    expect(world.take()).toEqual([]);
    expect(affectedIn(world)).toEqual(['a']);
    world.up('a imap');
    expect(world.take()).toEqual(['closed recovered']);
    // What is said of b is another's to say: its row is not written here.
    expect(world.updated().flatMap(({ affectedMailboxes }) => affectedMailboxes.map(({ id }) => id))).toEqual(
      ['a'],
    );
  });

  test('goes with the app where it has no mailbox', () => {
    const world = aWorld('b imap');
    world.ofApp([], { ...EXPIRED, severity: 'warning' });
    expect(world.take()).toEqual(['opened secret-expired']);
    world.incidents().handOver(theirs('b'));
    world.ofApp([]);
    expect(world.take()).toEqual([]);
    expect(idsOf(world)).toEqual([]);
  });

  test('that closed lately goes with them: a second spell there does not reopen it here', () => {
    const world = aWorld('a imap');
    world.down('a imap', PERMISSION);
    world.take();
    world.up('a imap');
    expect(world.take()).toEqual(['closed recovered']);
    world.incidents().handOver(theirs('a'));
    expect(idsOf(world)).toEqual([]);
  });
});

describe('an incident that another replica opened before us', () => {
  test('is known under its id: what follows is said of that one', () => {
    const world = aWorld('a imap');
    world.down('a imap', OF_TENANT);
    world.take();
    world.incidents().rename(world.one().id, 'theirs');
    expect(idsOf(world)).toEqual(['theirs']);
    world.up('a imap');
    expect(world.take()).toEqual(['closed recovered']);
    expect(world.updated().map(({ id }) => id)).toEqual(['theirs']);
  });

  test('that we know already becomes one with ours, which both hold', () => {
    const world = aWorld('a imap', 'b imap');
    world.down('a imap', OF_TENANT);
    world.take();
    const known = { ...world.one(), id: 'theirs', affectedMailboxes: [{ id: 'b', since: world.now() }] };
    world.incidents().restore([known], world.now());
    world.incidents().rename('incident-1', 'theirs');
    expect(idsOf(world)).toEqual(['theirs']);
    world.up('b imap');
    expect(world.take().filter((change) => change.startsWith('closed'))).toEqual([]);
    world.up('a imap');
    expect(world.take()).toEqual(['closed recovered']);
  });

  test('closed here before that was known: it keeps its end under the other id', () => {
    const world = aWorld('a imap');
    world.down('a imap', OF_TENANT);
    world.take();
    world.up('a imap');
    world.take();
    world.incidents().rename('incident-1', 'theirs');
    expect(world.one()).toMatchObject({ id: 'theirs', state: 'closed' });
  });

  test('an id that is not known here changes nothing', () => {
    const world = aWorld('a imap');
    world.down('a imap', PERMISSION);
    world.take();
    world.incidents().rename('unknown', 'theirs');
    expect(idsOf(world)).toEqual(['incident-1']);
  });
});
