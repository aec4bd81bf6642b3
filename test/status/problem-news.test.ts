/** What is announced of problems, once each. */
import { describe, expect, test } from 'vitest';
import type { ProblemChange } from '../../src/model/status.ts';
import { aDiagnosis, aTarget } from '../support/builders.ts';
import { tell, type ProbeName, type Story } from './story.ts';

const [A, B, C] = ['a', 'b', 'c'].map((mailbox) => aTarget({ mailbox, failureThreshold: 1 }));
if (A === undefined || B === undefined || C === undefined) throw new Error('three targets');

const described = (change: ProblemChange): string => {
  const of = change.kind === 'closed' ? change.before : change.after;
  return `${change.kind} ${of.id} (${of.affectedMailboxes.join(' ')})`;
};
const newsOf = (story: Story): readonly string[] => story.store.takeNews(story.now()).map(described);

describe('a problem', () => {
  test('opens, grows, shrinks and closes, each told once with what it was before', () => {
    const story = tell(A, B, C);
    const seen: (readonly string[])[] = [];
    const after = (...probes: readonly [typeof A, ProbeName][]): void => {
      for (const [target, probe] of probes) story.probe(target, probe);
      seen.push(newsOf(story), newsOf(story));
    };
    after([A, 'secret expired']);
    after([B, 'secret expired'], [C, 'secret expired']);
    after([A, 'ok']);
    after([B, 'ok'], [C, 'ok']);
    expect(seen).toEqual([
      ['opened secret-expired:app:plm (a)'],
      [],
      ['grew secret-expired:app:plm (a b c)'],
      [],
      ['shrank secret-expired:app:plm (b c)'],
      [],
      ['closed secret-expired:app:plm (b c)'],
      [],
    ]);
  });

  test('that affects other mailboxes changes, and carries both states', () => {
    const story = tell(A, B);
    story.probe(A, 'secret expired');
    newsOf(story);
    story.probe(A, 'ok');
    story.probe(B, 'secret expired');
    expect(story.store.takeNews(story.now())).toMatchObject([
      { kind: 'changed', before: { affectedMailboxes: ['a'] }, after: { affectedMailboxes: ['b'] } },
    ]);
  });

  test('that came and went between two questions is no news', () => {
    const story = tell(A);
    story.probe(A, 'secret expired');
    story.probe(A, 'ok');
    expect(newsOf(story)).toEqual([]);
  });

  test('closes as another opens when the cause changes', () => {
    const story = tell(A);
    story.probe(A, 'refused');
    newsOf(story);
    story.probe(A, 'unavailable');
    expect(newsOf(story).toSorted()).toEqual([
      'closed mailbox-permission-missing:mailbox:a (a)',
      'opened exchange-transient:mailbox:a (a)',
    ]);
  });

  test('goes with the target that had it', () => {
    const story = tell(A);
    story.probe(A, 'refused');
    newsOf(story);
    story.store.update([], story.now());
    expect(newsOf(story)).toEqual(['closed mailbox-permission-missing:mailbox:a (a)']);
  });

  test('of an app that has one mailbox more grows with it', () => {
    const story = tell(A);
    story.store.recordAppDiagnoses(A.app, [aDiagnosis()], story.now());
    newsOf(story);
    story.store.update([A, B], story.now());
    expect(newsOf(story)).toEqual(['grew secret-expired:app:plm (a b)']);
  });
});

describe('the verdict', () => {
  const WARNING = aDiagnosis({ cause: 'secret-expiring', severity: 'warning' });

  test.each([
    ['another severity', { severity: 'critical' }, ['changed']],
    ['another confidence', { confidence: 'possible' }, ['changed']],
    ['another title', { title: 'It ends in 3 days' }, ['changed']],
    ['another fix', { fix: [{ text: 'Do this' }] }, ['changed']],
    ['other evidence only', { evidence: ['Trace ID: 4711'] }, []],
    ['nothing new', {}, []],
  ] as const)('with %s: %j is told as %j', (_, difference, kinds) => {
    const story = tell(A);
    story.probe(A, 'ok', [WARNING]);
    newsOf(story);
    story.probe(A, 'ok', [{ ...WARNING, ...difference }]);
    expect(story.store.takeNews(story.now()).map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('our own network', () => {
  test('that is down closes what silence had opened, and is over as soon as a server speaks', () => {
    const story = tell(A, B);
    story.probe(A, 'mail host silent');
    expect(newsOf(story)).toEqual(['opened tcp-blocked:endpoint:outlook.office365.com:993 (a)']);
    story.probe(B, 'both silent');
    expect(newsOf(story).toSorted()).toEqual([
      'closed tcp-blocked:endpoint:outlook.office365.com:993 (a)',
      'opened own-network-down:prober:prober (a b)',
    ]);
    story.pass(30);
    story.probe(B, 'ok');
    expect(newsOf(story)).toEqual(['closed own-network-down:prober:prober (a b)']);
    expect(newsOf(story)).toEqual([]);
  });
});
