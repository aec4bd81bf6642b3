import { describe, expect, test } from 'vitest';
import { diagnoseCutOff } from '../../src/diagnosis/diagnose-cut-off.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { targetKey, type Target } from '../../src/model/target.ts';
import { createStatusStore } from '../../src/status/status-store.ts';
import { aDiagnosis, anApp, anEvidence, aTarget } from '../support/builders.ts';
import { tell, type ProbeName, type Story } from './story.ts';

const CHINA = anApp({ id: 'china', authority: 'https://login.chinacloudapi.cn' });
const A = aTarget({ mailbox: 'a' });
const B = aTarget({ mailbox: 'b' });
const POP = aTarget({ mailbox: 'a', protocol: 'pop3' });
const PROXY = { proxy: new URL('http://proxy.example:3128') };
const BEHIND = aTarget({ mailbox: 'behind', app: anApp({ network: PROXY }) });
const FAR = aTarget({
  mailbox: 'far',
  app: CHINA,
  endpoint: { host: 'partner.outlook.cn', port: 993, tls: 'implicit' },
});

function states(story: Story): readonly string[] {
  return story.store.targets().map(({ target, confirmed }) => `${targetKey(target)} ${confirmed}`);
}

function open(story: Story): readonly string[] {
  return story.store
    .problems(story.now())
    .map(({ id, affectedMailboxes }) => `${id} ${affectedMailboxes.join(' ')}`);
}

type Step = readonly [target: Target, probe: ProbeName, seconds?: number];

describe('our own network', () => {
  const table: readonly [string, string, readonly Step[]][] = [
    ['is unknown before the first probe', 'unknown', []],
    ['is ok once a server has answered', 'ok', [[A, 'ok']]],
    ['is ok when a server refuses us: it has answered', 'ok', [[A, 'secret expired']]],
    ['is down when token and mail host are silent', 'down', [[A, 'both silent']]],
    ['is down when both take connections and hold them', 'down', [[A, 'both held']]],
    [
      'is down however it was before',
      'down',
      [
        [A, 'ok', 60],
        [B, 'ok', 60],
        [A, 'both silent'],
      ],
    ],
    [
      'is ok again as soon as one server speaks',
      'ok',
      [
        [A, 'both silent', 30],
        [B, 'ok'],
      ],
    ],
    [
      'is unknown when all is silent behind a proxy: it may be the proxy',
      'unknown',
      [[BEHIND, 'both silent']],
    ],
    ['is unknown when a proxy holds both connections', 'unknown', [[BEHIND, 'both held']]],
    ['is ok when a server has answered through a proxy', 'ok', [[BEHIND, 'refused']]],
    ['is ok when only the token host is silent', 'ok', [[A, 'token host silent']]],
    [
      'is unknown when only mail hosts are silent, on cached tokens',
      'unknown',
      [
        [A, 'mail host silent'],
        [FAR, 'mail host silent'],
      ],
    ],
    [
      'is ok when another cloud still answers',
      'ok',
      [
        [FAR, 'ok', 60],
        [A, 'both silent', 30],
        [B, 'both silent'],
      ],
    ],
    [
      'is down when the other cloud is silent too',
      'down',
      [
        [FAR, 'ok', 60],
        [A, 'both silent', 30],
        [FAR, 'both silent'],
      ],
    ],
    ['is unknown when nothing was heard for more than a round', 'unknown', [[A, 'ok', 451]]],
    ['is unknown when the last silence is long ago', 'unknown', [[A, 'both silent', 451]]],
    [
      'is not judged by a bug of ours',
      'unknown',
      [
        [A, 'both silent', 451],
        [A, 'our bug', 451],
      ],
    ],
    [
      'is one host over both ports: what POP3 heard before counts no more',
      'down',
      [
        [POP, 'ok', 60],
        [A, 'both silent'],
      ],
    ],
  ];
  test.each(table)('%s: %s', (_, expected, steps) => {
    const story = tell(A, B, POP, FAR, BEHIND);
    for (const [target, probe, seconds = 0] of steps) {
      story.probe(target, probe);
      story.pass(seconds);
    }
    expect(story.store.ownNetwork(story.now())).toBe(expected);
  });

  test('counts the probe that is being judged, before it is recorded', () => {
    const story = tell(A);
    const evidence = story.evidence(A, 'both silent');
    expect(story.store.contextFor(A, evidence, story.now(), {}).ownNetwork).toBe('down');
    expect(story.store.ownNetwork(story.now())).toBe('unknown');
  });

  test('is ok although an old probe ends silent after a younger one was answered', () => {
    const story = tell(A, B);
    const slow = anEvidence({
      target: A,
      startedAt: story.now(),
      seconds: 30,
      failed: { token: { kind: 'timeout' }, connect: { kind: 'timeout' } },
      facts: { token: { stoppedAt: 'connect' } },
    });
    story.pass(29);
    story.probe(B, 'ok');
    story.pass(1);
    story.store.record(A, slow, [], story.now());
    expect(story.store.ownNetwork(story.now())).toBe('ok');
  });

  test('is down when a cached token cannot be refreshed and the mail host is silent', () => {
    const story = tell(A);
    const failure = { kind: 'dns', text: 'getaddrinfo EAI_AGAIN' } as const;
    const refreshFailure = { failure, since: story.now(), tokenExpiresAt: story.now() + 600_000 };
    const evidence = anEvidence({
      target: A,
      failed: { dns: { kind: 'dns' } },
      facts: { token: { source: 'cache', refreshFailure } },
    });
    story.store.record(A, evidence, [], story.now());
    expect(story.store.ownNetwork(story.now())).toBe('down');
  });

  test.each([
    ['silent', false, 'down'],
    ['answered', true, 'ok'],
  ])('a control connection to the token host that is %s decides', (_, responds, expected) => {
    const story = tell(A);
    story.probe(A, 'mail host silent');
    const sign = {
      role: 'token',
      host: A.app.authority,
      responds,
      at: story.now(),
      until: story.now() + 60_000,
    } as const;
    story.store.setControl(sign, story.now());
    expect(story.store.ownNetwork(story.now())).toBe(expected);
  });
});

describe('while our own network is down', () => {
  test('mailboxes become unknown, not down, and one problem lists them all', () => {
    const story = tell(A, B, POP);
    for (const target of [A, B, POP]) story.probe(target, 'ok');
    story.pass(300);
    const outage = story.now();
    for (const target of [A, B, POP]) story.probe(target, 'both silent');
    expect(states(story)).toEqual(['a imap up', 'b imap up', 'a pop3 up']);
    expect(open(story)).toEqual([]);
    story.pass(30);
    const changes = [A, B, POP].map((target) => story.probe(target, 'both silent').change?.to);
    expect(changes).toEqual(['unknown', 'unknown', 'unknown']);
    expect(open(story)).toEqual(['own-network-down:prober:prober a b']);
    expect(story.store.problems(story.now())).toMatchObject([{ since: outage, severity: 'critical' }]);
  });

  test('the diagnosis of the probes speaks for the problem', () => {
    const story = tell(A);
    const title = 'Nothing answers';
    for (let at = 0; at < 2; at += 1) {
      story.probe(A, 'both silent', [
        aDiagnosis({ cause: 'own-network-down', scope: 'prober', subject: 'prober', title }),
      ]);
    }
    expect(story.store.problems(story.now())).toMatchObject([
      { id: 'own-network-down:prober:prober', title },
    ]);
  });

  test('what was confirmed down by silence alone is withdrawn, and told', () => {
    const story = tell(A, B);
    for (let at = 0; at < 2; at += 1) story.probe(A, 'mail host silent');
    expect(open(story)).toEqual(['tcp-blocked:endpoint:outlook.office365.com:993 a']);
    const { alsoChanged } = story.probe(B, 'both silent');
    expect(alsoChanged).toMatchObject([{ target: A, from: 'down', to: 'unknown' }]);
    expect(states(story)).toEqual(['a imap unknown', 'b imap unknown']);
    expect(open(story)).toEqual(['own-network-down:prober:prober a']);
  });

  test('and so it is when a control connection shows it', () => {
    const story = tell(A);
    for (let at = 0; at < 2; at += 1) story.probe(A, 'mail host silent');
    const at = story.now();
    const changes = story.store.setControl(
      { role: 'token', host: A.app.authority, responds: false, at, until: at + 60_000 },
      at,
    );
    expect(changes).toMatchObject([{ target: A, from: 'down', to: 'unknown' }]);
  });

  test('the one rule speaks of those that were judged before it was known, too', () => {
    const story = tell(A, B);
    for (let at = 0; at < 2; at += 1) story.probe(A, 'mail host silent');
    story.probe(B, 'both silent');
    const [problem] = story.store.problems(story.now());
    const evidence = story.evidence(B, 'both silent');
    const [judged] = diagnose(evidence, story.store.contextFor(B, evidence, story.now(), {}));
    const { title, fix, owner, severity, confidence, references } = judged ?? {};
    expect(problem).toMatchObject({ owner: 'network-admin', affectedMailboxes: ['a'] });
    expect(problem).toMatchObject({ title, fix, owner, severity, confidence, references });
  });

  test('the problem is that of this replica, where it has a name', () => {
    const store = createStatusStore({ diagnoseCutOff, prober: 'a' });
    const { evidence, now } = tell(A);
    store.update([A], now());
    const probe = evidence(A, 'both silent');
    const verdicts = [diagnose(probe, store.contextFor(A, probe, now(), {})), []];
    for (const diagnoses of verdicts) {
      store.record(A, probe, diagnoses, now());
      store.record(A, probe, diagnoses, now());
      expect(store.problems(now()).map(({ id }) => id)).toEqual(['own-network-down:prober:a']);
    }
  });

  test('what a server refused before stays down', () => {
    const story = tell(A, B);
    for (let at = 0; at < 2; at += 1) story.probe(A, 'refused');
    story.pass(30);
    for (let at = 0; at < 2; at += 1) story.probe(B, 'both silent');
    expect(states(story)).toEqual(['a imap down', 'b imap unknown']);
    expect(open(story)).toEqual([
      'mailbox-permission-missing:mailbox:a a',
      'own-network-down:prober:prober b',
    ]);
  });

  test('a mailbox that is refused afterwards needs its own confirmation', () => {
    const story = tell(A);
    for (let at = 0; at < 3; at += 1) story.probe(A, 'both silent');
    const seen = (['refused', 'refused'] as const).map((probe) => {
      story.pass(30);
      const { reprobeMs } = story.probe(A, probe);
      return [story.store.get(targetKey(A))?.confirmed, reprobeMs, open(story)];
    });
    expect(seen).toEqual([
      ['unknown', 30_000, []],
      ['down', undefined, ['mailbox-permission-missing:mailbox:a a']],
    ]);
  });

  test('the problem is gone once a server speaks; mailboxes come back with their own next probe', () => {
    const story = tell(A, B);
    for (const target of [A, B, A, B]) story.probe(target, 'both silent');
    story.pass(60);
    story.probe(A, 'ok');
    expect(open(story)).toEqual([]);
    expect(states(story)).toEqual(['a imap up', 'b imap unknown']);
    story.probe(B, 'ok');
    expect(states(story)).toEqual(['a imap up', 'b imap up']);
  });

  test('a second outage is found like the first', () => {
    const story = tell(A, B);
    for (const probe of ['both silent', 'ok'] as const)
      for (const target of [A, A, B, B]) story.probe(target, probe);
    story.pass(300);
    for (let at = 0; at < 2; at += 1) story.probe(A, 'mail host silent');
    story.pass(451);
    for (let at = 0; at < 2; at += 1) story.probe(A, 'mail host silent');
    expect(states(story)).toEqual(['a imap down', 'b imap up']);
    expect(story.probe(B, 'both silent').alsoChanged).toMatchObject([{ to: 'unknown' }]);
  });
});
