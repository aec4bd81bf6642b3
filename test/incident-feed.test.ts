/** An incident that several replicas find is counted by one of them: the one whose write opened it. */
import { describe, expect, test } from 'vitest';
import { createIncidentFeed, type IncidentFeed } from '../src/incident-feed.ts';
import type { Problem } from '../src/model/status.ts';
import { aDiagnosis, NOON } from './support/builders.ts';

const PROBLEM: Problem = {
  ...aDiagnosis({ cause: 'service-incident', scope: 'tenant', subject: 'contoso' }),
  id: 'service-incident:tenant:contoso',
  since: NOON,
  affectedMailboxes: ['sales'],
};
const THEIRS = { mailbox: () => true, app: () => true };

/** An open tenant problem, found on a replica of its own. */
function aReplica({ isShared }: { readonly isShared: boolean }): {
  readonly feed: IncidentFeed;
  readonly id: string;
} {
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
    journal: { note: () => undefined, dropIncident: () => true },
    maintenance: { overIncident: () => undefined },
    plan: () => [],
    isShared,
  });
  const [change] = feed.take([{ kind: 'opened', at: NOON, after: PROBLEM }], NOON);
  return { feed, id: change?.incident.id ?? '' };
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
