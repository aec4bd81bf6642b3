/** Whom else to probe when a mailbox fails, and what is kept of what is said of many. */
import { describe, expect, test } from 'vitest';
import { targetKey, type Target } from '../../src/model/target.ts';
import { ALL_AT_ONCE, ONE_AT_A_TIME } from '../../src/status/corroboration.ts';
import { createInterner } from '../../src/status/sharing.ts';
import { aDiagnosis, anApp, aTarget } from '../support/builders.ts';
import { tell, type ProbeName, type Story } from './story.ts';

const A = aTarget({ mailbox: 'a' });
const A_POP = aTarget({ mailbox: 'a', protocol: 'pop3' });
const B = aTarget({ mailbox: 'b' });
const C = aTarget({ mailbox: 'c' });
const OTHER_APP = aTarget({ mailbox: 'other', app: anApp({ id: 'crm' }) });

function corroborating(story: Story, target: Target, probe: ProbeName): readonly string[] {
  const evidence = story.evidence(target, probe);
  const context = story.store.contextFor(target, evidence, story.now(), {});
  return story.store.corroborating([{ target, evidence, context }], ONE_AT_A_TIME).map(targetKey);
}

function allWork(): Story {
  const targets = [A, A_POP, B, C, OTHER_APP];
  const story = tell(...targets);
  for (const target of targets) story.probe(target, 'ok');
  story.pass(300);
  return story;
}

describe('when a mailbox was lost', () => {
  test('its other protocol and one sibling are asked', () => {
    expect(corroborating(allWork(), A, 'refused')).toEqual(['a pop3', 'b imap']);
  });

  test('nobody is asked a second time', () => {
    const story = allWork();
    story.probe(A, 'refused');
    story.pass(30);
    expect(corroborating(story, A, 'refused')).toEqual([]);
  });

  test('the next sibling is asked when one was lost as well', () => {
    const story = allWork();
    story.probe(B, 'refused');
    story.pass(10);
    expect(corroborating(story, A, 'refused')).toEqual(['a pop3', 'c imap']);
  });

  test('no sibling is asked when three were lost as well', () => {
    const siblings = ['b', 'c', 'd', 'e'].map((mailbox) => aTarget({ mailbox }));
    const story = tell(A, ...siblings);
    for (const target of [A, ...siblings]) story.probe(target, 'ok');
    story.pass(300);
    for (const target of siblings.slice(0, 3)) story.probe(target, 'refused');
    story.pass(10);
    expect(corroborating(story, A, 'refused')).toEqual([]);
  });

  test('no sibling is asked when one opened since', () => {
    const story = allWork();
    const evidence = story.evidence(A, 'refused');
    story.pass(10);
    story.probe(B, 'ok');
    const context = story.store.contextFor(A, evidence, story.now(), {});
    const probes = [{ target: A, evidence, context }];
    expect(story.store.corroborating(probes, ONE_AT_A_TIME).map(targetKey)).toEqual(['a pop3']);
  });

  test('those that failed before are not asked', () => {
    const story = tell(A, A_POP, B);
    story.probe(A, 'ok');
    for (const target of [A_POP, B]) story.probe(target, 'refused');
    story.pass(300);
    expect(corroborating(story, A, 'refused')).toEqual([]);
  });

  test.each<ProbeName>(['ok', 'secret expired', 'throttled', 'both silent'])(
    'nobody is asked after: %s',
    (probe) => {
      expect(corroborating(allWork(), A, probe)).toEqual([]);
    },
  );
});

test('a mailbox that never worked asks those that nobody has probed yet', () => {
  const story = tell(A, A_POP, B);
  expect(corroborating(story, A, 'refused')).toEqual(['a pop3', 'b imap']);
});

describe('a mailbox that never worked', () => {
  test.each([
    ['asks nobody when a sibling worked a moment ago', 5, []],
    ['asks one sibling when the last of them worked earlier', 60, ['b imap']],
  ])('%s', (_, seconds, asked) => {
    const story = tell(A, B, C);
    for (const target of [B, C]) story.probe(target, 'ok');
    story.pass(seconds);
    expect(corroborating(story, A, 'refused')).toEqual(asked);
  });

  test('asks nobody when a sibling worked since its probe began', () => {
    const story = tell(A, B, C);
    for (const target of [B, C]) story.probe(target, 'ok');
    story.pass(60);
    const evidence = story.evidence(A, 'refused');
    story.pass(1);
    story.probe(C, 'ok');
    const context = story.store.contextFor(A, evidence, story.now(), {});
    expect(story.store.corroborating([{ target: A, evidence, context }], ONE_AT_A_TIME)).toEqual([]);
  });

  test('asks nobody at its second failure', () => {
    const story = tell(A, B);
    story.probe(B, 'ok');
    story.pass(60);
    story.probe(A, 'refused');
    story.pass(30);
    expect(corroborating(story, A, 'refused')).toEqual([]);
  });

  test('asks its other protocol again only if no sibling works', () => {
    const alone = tell(A, A_POP);
    alone.probe(A_POP, 'ok');
    alone.pass(60);
    expect(corroborating(alone, A, 'refused')).toEqual(['a pop3']);
    const withSibling = tell(A, A_POP, B);
    for (const target of [A_POP, B]) withSibling.probe(target, 'ok');
    withSibling.pass(60);
    expect(corroborating(withSibling, A, 'refused')).toEqual(['b imap']);
  });
});

describe('for somebody who waits', () => {
  const unprobed = ['b', 'c', 'd', 'e'].map((mailbox) => aTarget({ mailbox }));
  const failing = (story: Story, ...targets: readonly Target[]): readonly string[] => {
    const probes = targets.map((target) => {
      const evidence = story.evidence(target, 'refused');
      story.store.record(target, evidence, [], story.now());
      return { target, evidence };
    });
    const inContext = probes.map(({ target, evidence }) => {
      return { target, evidence, context: story.store.contextFor(target, evidence, story.now(), {}) };
    });
    return story.store.corroborating(inContext, ALL_AT_ONCE).map(targetKey).toSorted();
  };

  test('three siblings and the other protocol are asked at once', () => {
    expect(failing(tell(A, A_POP, ...unprobed), A)).toEqual(['a pop3', 'b imap', 'c imap', 'e imap']);
  });

  test('two that fail ask together no more than one does', () => {
    expect(failing(tell(A, ...unprobed), A, ...unprobed.slice(0, 1))).toEqual(['c imap', 'd imap', 'e imap']);
  });

  test('each app asks its own', () => {
    const ofCrm = ['x', 'y'].map((mailbox) => aTarget({ mailbox, app: anApp({ id: 'crm' }) }));
    expect(failing(tell(A, B, ...ofCrm), A, ...ofCrm.slice(0, 1))).toEqual(['b imap', 'y imap']);
  });

  test('nobody is asked when a sibling opens', () => {
    const story = tell(A, ...unprobed);
    story.probe(B, 'ok');
    expect(failing(story, A)).toEqual([]);
  });

  test('a sibling that opened earlier in the round is asked again', () => {
    const story = tell(A, B);
    story.probe(B, 'ok');
    story.pass(60);
    expect(failing(story, A)).toEqual(['b imap']);
  });
});

describe('diagnoses of many mailboxes', () => {
  const share = createInterner();

  test('that are equal are one object', () => {
    const [[one], [two]] = [share([aDiagnosis()]), share([aDiagnosis()])];
    expect(two).toBe(one);
  });

  test('that differ in the title share the rest, and keep their titles', () => {
    const [[one], [two]] = [share([aDiagnosis({ title: 'Of a.' })]), share([aDiagnosis({ title: 'Of b.' })])];
    expect([one?.title, two?.title]).toEqual(['Of a.', 'Of b.']);
    expect(two?.fix).toBe(one?.fix);
  });
});
