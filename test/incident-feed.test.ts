/**
 * An incident that several replicas find is counted by one of them: the one whose write opened it. And a round in steps
 * is complete before anything else changes an incident.
 */
import { describe, expect, test } from 'vitest';
import { createIncidentFeed, type IncidentFeed } from '../src/incident-feed.ts';
import type { Acknowledgement, Incident } from '../src/model/incident.ts';
import type { Problem, ProblemChange } from '../src/model/status.ts';
import { runAll } from '../src/model/steps.ts';
import { aDiagnosis, NOON } from './support/builders.ts';

const PROBLEM: Problem = {
  ...aDiagnosis({ cause: 'service-incident', scope: 'tenant', subject: 'contoso' }),
  id: 'service-incident:tenant:contoso',
  since: NOON,
  affectedMailboxes: ['sales'],
};
const OPENED: ProblemChange = { kind: 'opened', at: NOON, after: PROBLEM };
const THEIRS = { mailbox: () => true, app: () => true };

/** An open tenant problem, found on a replica of its own. */
function aReplica({ isShared }: { readonly isShared: boolean }): {
  readonly feed: IncidentFeed;
  readonly id: string;
} {
  const { feed } = aFeed({ isShared });
  const [change] = feed.take([OPENED], NOON);
  return { feed, id: change?.incident.id ?? '' };
}

function aFeed({ isShared }: { readonly isShared: boolean }): {
  readonly feed: IncidentFeed;
  readonly noted: readonly Incident[];
} {
  const noted: Incident[] = [];
  const feed = createIncidentFeed({
    sources: {
      target: () => undefined,
      targetsOf: () => [],
      problem: () => PROBLEM,
      takeMoved: () => new Set(['sales imap']),
      failingUnder: () => ['sales imap'],
      sourceCount: () => 1,
      problemsOf: () => [],
    },
    journal: { note: ({ incidents = [] }) => void noted.push(...incidents), dropIncident: () => true },
    maintenance: { overIncident: () => undefined },
    plan: () => [],
    isShared,
  });
  return { feed, noted };
}
const counted = ({ counts }: IncidentFeed): number => counts().reduce((sum, { count }) => sum + count, 0);

test('alone, an incident counts when it opens', () => {
  expect(counted(aReplica({ isShared: false }).feed)).toBe(1);
});

describe('with several replicas', () => {
  test('an incident counts when it is stored, and once', () => {
    const { feed, id } = aReplica({ isShared: true });
    expect(counted(feed)).toBe(0);
    feed.stored(id, id);
    feed.stored(id, id);
    expect(counted(feed)).toBe(1);
  });

  test('one that another replica stored first counts there', () => {
    const [first, second] = [aReplica({ isShared: true }), aReplica({ isShared: true })];
    first.feed.stored(first.id, first.id);
    second.feed.stored(second.id, first.id);
    second.feed.stored(first.id, first.id);
    expect([counted(first.feed), counted(second.feed)]).toEqual([1, 0]);
    expect(second.feed.all().map(({ id }) => id)).toEqual([first.id]);
  });

  test('one that goes to another replica before it is stored is not counted here', () => {
    const { feed, id } = aReplica({ isShared: true });
    feed.handOver(THEIRS);
    feed.stored(id, id);
    expect(counted(feed)).toBe(0);
  });

  test('one that is known already, as the app is gained, is not counted again', () => {
    const [first, second] = [aReplica({ isShared: true }), aReplica({ isShared: true })];
    second.feed.gain(first.feed.all(), NOON);
    second.feed.stored(second.id, second.id);
    expect(counted(second.feed)).toBe(0);
  });
});

describe('a round in steps', () => {
  const BY_ANNE: Acknowledgement = { by: 'Anne', at: NOON, note: 'seen' };

  test('shows and notes its incidents when it has ended', () => {
    const { feed, noted } = aFeed({ isShared: false });
    const steps = feed.takeInSteps([OPENED], NOON);
    steps.next();
    expect([feed.all(), noted]).toEqual([[], []]);
    expect(runAll(steps).map(({ kind }) => kind)).toEqual(['opened']);
    expect(feed.all()).toEqual(noted);
  });

  test.each<[what: string, act: (feed: IncidentFeed, id: string) => void]>([
    ['an acknowledgement', (feed, id) => feed.acknowledge(id, BY_ANNE)],
    ['incidents of another replica', (feed) => feed.gain([], NOON)],
    ['incidents of a store that is read late', (feed) => feed.restoreLate([], NOON)],
    ['a move of mailboxes', (feed) => feed.handOver({ mailbox: () => false, app: () => false })],
    ['another round', (feed) => feed.take([], NOON)],
    ['the end of the process', (feed) => feed.complete()],
  ])('is completed before %s, and announced once', (_, act) => {
    const { feed, noted } = aFeed({ isShared: true });
    const steps = feed.takeInSteps([OPENED], NOON);
    steps.next();
    act(feed, '');
    expect(noted.map(({ cause }) => cause)).toEqual(['service-incident']);
    expect(runAll(steps).map(({ incident }) => incident.id)).toEqual(noted.map(({ id }) => id));
    expect(feed.all()).toHaveLength(1);
  });

  test('is completed before another replica turns out to have opened the incident first', () => {
    const { feed, id } = aReplica({ isShared: true });
    const steps = feed.takeInSteps([], NOON);
    steps.next();
    feed.stored(id, 'theirs');
    expect(runAll(steps)).toEqual([]);
    expect(feed.all().map((incident) => incident.id)).toEqual(['theirs']);
  });
});
