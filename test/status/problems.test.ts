import { describe, expect, test } from 'vitest';
import type { Target } from '../../src/model/target.ts';
import { aDiagnosis, anApp, aTarget } from '../support/builders.ts';
import { tell, type Story } from './story.ts';

function mailboxes(count: number, failureThreshold = 2): readonly Target[] {
  return Array.from({ length: count }, (_, at) =>
    aTarget({ mailbox: `box-${String(at).padStart(2, '0')}`, failureThreshold }),
  );
}

function open(story: Story): readonly string[] {
  return story.store
    .problems(story.now())
    .map(({ id, affectedMailboxes }) => `${id} (${affectedMailboxes.length})`);
}

describe('a problem', () => {
  test('of forty mailboxes behind one secret is one, with forty affected', () => {
    const targets = mailboxes(40);
    const story = tell(...targets);
    const started = story.now();
    for (const target of [...targets].reverse()) story.probe(target, 'secret expired');
    expect(open(story)).toEqual([]);
    story.pass(30);
    for (const target of targets) story.probe(target, 'secret expired');
    expect(story.store.problems(story.now())).toMatchObject([
      {
        id: 'secret-expired:app:plm',
        cause: 'secret-expired',
        scope: 'app',
        subject: 'plm',
        owner: 'entra-admin',
        severity: 'critical',
        confidence: 'certain',
        since: started,
        title: 'The client secret of app plm has expired',
        fix: [{ text: 'Add a new secret' }],
      },
    ]);
    const ids = targets.map(({ mailbox }) => mailbox.id);
    expect(story.store.problems(story.now())[0]?.affectedMailboxes).toEqual(ids);
  });

  test('opens with the confirmed state, not with the first failure, and closes with it', () => {
    const target = aTarget({ successThreshold: 2 });
    const story = tell(target);
    const steps = ['ok', 'ok', 'refused', 'refused', 'ok', 'ok'] as const;
    const seen = steps.map((probe) => {
      story.pass(30);
      story.probe(target, probe);
      return open(story);
    });
    const down = ['mailbox-permission-missing:mailbox:qms-inbox (1)'];
    expect(seen).toEqual([[], [], [], down, down, []]);
  });

  test('shrinks as mailboxes are fixed, and is gone with the last', () => {
    const targets = mailboxes(3);
    const story = tell(...targets);
    for (const target of targets)
      for (const probe of ['refused', 'secret expired'] as const) story.probe(target, probe);
    const seen = targets.map((target) => {
      story.probe(target, 'ok');
      return open(story);
    });
    expect(seen).toEqual([['secret-expired:app:plm (2)'], ['secret-expired:app:plm (1)'], []]);
  });

  test('is another when the cause changes, since the run of failures began', () => {
    const target = aTarget();
    const story = tell(target);
    const started = story.now();
    for (const probe of ['refused', 'refused', 'unavailable'] as const) {
      story.probe(target, probe);
      story.pass(30);
    }
    expect(open(story)).toEqual(['exchange-transient:mailbox:qms-inbox (1)']);
    expect(story.store.problems(story.now())[0]?.since).toBe(started);
  });

  test('of each protocol is its own when the causes differ, one when they are the same', () => {
    const [imap, pop3] = [aTarget({ protocol: 'imap' }), aTarget({ protocol: 'pop3' })];
    const story = tell(imap, pop3);
    for (let at = 0; at < 2; at += 1) {
      story.probe(imap, 'refused');
      story.probe(pop3, 'unavailable');
    }
    expect(open(story)).toEqual([
      'exchange-transient:mailbox:qms-inbox (1)',
      'mailbox-permission-missing:mailbox:qms-inbox (1)',
    ]);
    story.probe(pop3, 'refused');
    expect(open(story)).toEqual(['mailbox-permission-missing:mailbox:qms-inbox (1)']);
    story.probe(imap, 'ok');
    expect(open(story)).toEqual(['mailbox-permission-missing:mailbox:qms-inbox (1)']);
  });

  test('is the same object until something changed', () => {
    const [a, b] = [aTarget({ mailbox: 'a' }), aTarget({ mailbox: 'b' })];
    const story = tell(a, b);
    story.probe(a, 'refused');
    story.probe(a, 'refused');
    const [before] = story.store.problems(story.now());
    story.probe(b, 'refused');
    story.probe(b, 'refused');
    expect(story.store.problems(story.now()).find(({ id }) => id === before?.id)).toBe(before);
  });

  test('goes with the target that had it, when that is configured no more', () => {
    const target = aTarget();
    const story = tell(target);
    story.probe(target, 'refused');
    story.probe(target, 'refused');
    story.store.update([], story.now());
    expect(open(story)).toEqual([]);
  });
});

describe('what counts', () => {
  test('of a failed probe are its findings, not the candidates that compete with them', () => {
    const target = aTarget({ failureThreshold: 1 });
    const story = tell(target);
    const subject = target.mailbox.id;
    story.probe(target, 'refused', [
      aDiagnosis({ cause: 'mailbox-permission-missing', scope: 'mailbox', subject, confidence: 'likely' }),
      aDiagnosis({
        cause: 'exchange-transient',
        scope: 'mailbox',
        subject,
        alternativeTo: 'mailbox-permission-missing',
      }),
      aDiagnosis({ cause: 'clock-skew', scope: 'prober', subject: 'prober', severity: 'warning' }),
    ]);
    expect(open(story)).toEqual([
      'mailbox-permission-missing:mailbox:qms-inbox (1)',
      'clock-skew:prober:prober (1)',
    ]);
  });

  test('of a healthy probe are its warnings, from the first on and as long as they are said', () => {
    const target = aTarget();
    const story = tell(target);
    const started = story.now();
    const warning = aDiagnosis({ cause: 'secret-expiring', severity: 'warning' });
    story.probe(target, 'ok', [warning]);
    story.pass(300);
    story.probe(target, 'ok', [aDiagnosis({ cause: 'secret-expiring', severity: 'warning' })]);
    expect(story.store.problems(story.now())).toMatchObject([{ severity: 'warning', since: started }]);
    story.probe(target, 'ok');
    expect(open(story)).toEqual([]);
  });

  test('a single failure leaves the warnings of the probe before open', () => {
    const target = aTarget();
    const story = tell(target);
    story.probe(target, 'ok', [aDiagnosis({ cause: 'secret-expiring', severity: 'warning' })]);
    story.probe(target, 'refused');
    expect(open(story)).toEqual(['secret-expiring:app:plm (1)']);
    story.probe(target, 'refused');
    expect(open(story)).toEqual(['mailbox-permission-missing:mailbox:qms-inbox (1)']);
  });

  test('the surest diagnosis speaks for the problem, the severest gives its severity', () => {
    const a = aTarget({ mailbox: 'a', failureThreshold: 1 });
    const b = aTarget({ mailbox: 'b', failureThreshold: 1 });
    const story = tell(a, b);
    story.probe(a, 'refused', [aDiagnosis({ confidence: 'likely', severity: 'critical', title: 'guess' })]);
    story.probe(b, 'refused', [aDiagnosis({ confidence: 'certain', severity: 'warning', title: 'sure' })]);
    expect(story.store.problems(story.now())).toMatchObject([
      { confidence: 'certain', severity: 'critical', title: 'sure', affectedMailboxes: ['a', 'b'] },
    ]);
  });

  test('the severest come first, of those the oldest', () => {
    const targets = mailboxes(3, 1);
    const story = tell(...targets);
    const severities = ['warning', 'critical', 'critical'] as const;
    const causes = ['propagation-delay', 'exchange-transient', 'client-bug'] as const;
    for (const [at, target] of targets.entries()) {
      story.pass(10);
      const severity = severities[at] ?? 'info';
      const cause = causes[at] ?? 'auth-unexplained';
      story.probe(target, 'refused', [
        aDiagnosis({ cause, scope: 'mailbox', subject: target.mailbox.id, severity }),
      ]);
    }
    expect(open(story).map((line) => line.split(':')[0])).toEqual([
      'exchange-transient',
      'client-bug',
      'propagation-delay',
    ]);
  });
});

describe("an app's own problems", () => {
  const refused = aDiagnosis({ cause: 'secret-invalid' });

  test('hit all the mailboxes of the app, although their probes are healthy', () => {
    const targets = mailboxes(12);
    const other = aTarget({ mailbox: 'other', app: anApp({ id: 'crm' }) });
    const story = tell(...targets, other);
    for (const target of [...targets, other]) story.probe(target, 'ok');
    story.store.recordAppDiagnoses(anApp(), [refused], story.now());
    expect(open(story)).toEqual(['secret-invalid:app:plm (12)']);
    for (const target of targets) story.probe(target, 'ok');
    expect(open(story)).toEqual(['secret-invalid:app:plm (12)']);
    story.store.recordAppDiagnoses(anApp(), [], story.now());
    expect(open(story)).toEqual([]);
  });

  test('are one with what the probes say, and keep their beginning', () => {
    const targets = mailboxes(2);
    const story = tell(...targets);
    const started = story.now();
    story.store.recordAppDiagnoses(anApp(), [aDiagnosis()], story.now());
    story.pass(600);
    story.store.recordAppDiagnoses(anApp(), [aDiagnosis()], story.now());
    for (const target of targets) for (let at = 0; at < 2; at += 1) story.probe(target, 'secret expired');
    expect(open(story)).toEqual(['secret-expired:app:plm (2)']);
    expect(story.store.problems(story.now())[0]?.since).toBe(started);
  });

  test('follow the mailboxes of a new configuration, and go with the app', () => {
    const story = tell(...mailboxes(3));
    story.store.recordAppDiagnoses(anApp(), [refused], story.now());
    story.store.update(mailboxes(5), story.now());
    expect(open(story)).toEqual(['secret-invalid:app:plm (5)']);
    story.store.update([aTarget({ app: anApp({ id: 'crm' }) })], story.now());
    expect(open(story)).toEqual([]);
  });
});
