/** The verdict on a look: the same words mean different things in different company. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { emptyContext } from '../../src/model/context.ts';
import type { Failure } from '../../src/model/failure.ts';
import {
  ALL_ALIKE,
  contextOf,
  evidenceOf,
  NOT_CONNECTED,
  REFUSED,
  WORKED_BEFORE,
  WORKING,
  type ProbeCase,
} from '../cases/probe-case.ts';
import { OTHER_PROBES, REFUSED_PROBES } from '../cases/probes.ts';
import { anApp, anEvidence, aTarget, NOON, type EvidenceOptions } from '../support/builders.ts';

function check(probe: ProbeCase): void {
  const { first, next = [], detail, scope, confidence, never = [] } = probe;
  const diagnoses = diagnose(evidenceOf(probe), contextOf(probe));
  const causes = diagnoses.map((diagnosis) => diagnosis.cause);
  expect(causes.slice(0, 1 + next.length)).toEqual([first, ...next]);
  expect(diagnoses[0]).toMatchObject({
    ...(detail === undefined ? {} : { causeDetail: detail }),
    ...(scope === undefined ? {} : { scope }),
    ...(confidence === undefined ? {} : { confidence }),
  });
  expect(causes.filter((cause) => never.includes(cause))).toEqual([]);
}

describe('a refused login', () => {
  test.each(REFUSED_PROBES)('$name', check);

  test.each(REFUSED_PROBES)('$name: every candidate but the first names what it competes with', (probe) => {
    const diagnoses = diagnose(evidenceOf(probe), contextOf(probe));
    const [first, ...others] = diagnoses;
    expect(first?.alternativeTo).toBeUndefined();
    expect(others.filter((other) => other.alternativeTo !== first?.cause)).toEqual([]);
    expect((first?.lookAlikes.length ?? 0) > 0).toBe(first?.confidence !== 'certain');
  });
});

describe('a look that fails otherwise', () => {
  test.each(OTHER_PROBES)('$name', check);
});

const REFUSED_CONNECTION: Failure = { kind: 'refused', code: 'ECONNREFUSED', text: 'connect ECONNREFUSED' };

describe('a title names the hosts that it concerns, and no other:', () => {
  test.each<{ readonly name: string; readonly failed: EvidenceOptions['failed']; readonly title: string }>([
    {
      name: 'the mail host',
      failed: { connect: REFUSED_CONNECTION },
      title:
        'The connection to outlook.office365.com:993 is refused: a firewall on the path answers instead.',
    },
    {
      name: 'the token host',
      failed: { token: REFUSED_CONNECTION },
      title:
        'The connection to login.microsoftonline.com:443 is refused: a firewall on the path answers instead.',
    },
    {
      name: 'both, where both fail alike',
      failed: {
        token: { kind: 'untrusted', code: 'SELF_SIGNED_CERT_IN_CHAIN', text: 'Not trusted.' },
        tls: { kind: 'untrusted', code: 'SELF_SIGNED_CERT_IN_CHAIN', text: 'Not trusted.' },
      },
      title:
        'This machine does not trust the certificate presented for outlook.office365.com and login.microsoftonline.com: TLS is intercepted, or a corporate root is missing.',
    },
  ])('$name', ({ failed = {}, title }) => {
    expect(diagnose(evidenceOf({ probe: { failed } }), contextOf({}))[0]?.title).toBe(title);
  });

  test("a server that is not Microsoft's is not called so", () => {
    const probe: Omit<ProbeCase, 'name' | 'first'> = {
      target: { endpoint: { host: 'mail.contoso.example', port: 993, tls: 'implicit' } },
      probe: {
        failed: { greeting: { kind: 'closed', text: 'The other side closed the connection.' } },
        facts: { greeting: {} },
      },
      context: { history: WORKED_BEFORE },
    };
    expect(diagnose(evidenceOf(probe), contextOf(probe))[0]?.title).toBe(
      'A temporary fault at mail.contoso.example:993.',
    );
  });
});

test.each([
  [
    'a whole app that never opened',
    { ...NOT_CONNECTED },
    { siblings: { imap: ALL_ALIKE, pop3: ALL_ALIKE } },
    'App plm has no permission on any of its mailboxes.',
  ],
  [
    'a protocol that is off everywhere',
    REFUSED,
    { siblings: { imap: ALL_ALIKE, pop3: WORKING } },
    'IMAP is switched off for all mailboxes of app plm.',
  ],
  [
    'a mailbox alone, of which nothing more is known',
    REFUSED,
    {},
    'Possibly: app plm is not registered in Exchange Online.',
  ],
] as const)('the title says whom it hits, and whether it is sure: %s', (_name, probe, context, title) => {
  const one = { probe, context };
  expect(diagnose(evidenceOf(one), contextOf(one))[0]?.title).toBe(title);
});

describe('a healthy look', () => {
  test('has no diagnosis', () => {
    expect(diagnose(anEvidence(), { ...emptyContext(NOON), target: aTarget(), app: anApp() })).toEqual([]);
  });

  test('has a warning when the token can no longer be renewed', () => {
    const refreshFailure = {
      failure: { kind: 'rejected', code: 'AADSTS7000222', text: 'AADSTS7000222: expired.' },
      since: NOON,
      tokenExpiresAt: NOON + 1_800_000,
    } as const;
    const [first] = diagnose(
      anEvidence({ facts: { token: { source: 'cache', refreshFailure } } }),
      emptyContext(NOON),
    );
    expect(first).toMatchObject({ cause: 'secret-expired', severity: 'warning' });
    expect(first?.title).toContain('the current token works until 2026-11-22 12:30 UTC');
  });

  test.each([
    ['of a year, 15 days before its end', 365, 15, undefined],
    ['of a year, 14 days before its end', 365, 14, 'info'],
    ['of 90 days, a week before its end', 90, 7, 'warning'],
    ['of 90 days, two days before its end', 90, 2, 'critical'],
    ['of six days, three days before its end', 6, 3, undefined],
    ['of six days, two hours before its end', 6, 2 / 24, 'critical'],
  ])('a server certificate %s', (_name, lifetime, left, severity) => {
    const certificate = {
      subject: 'CN=mail.contoso.example',
      issuer: 'CN=Contoso',
      names: [],
      notBefore: NOON + (left - lifetime) * 86_400_000,
      notAfter: NOON + left * 86_400_000,
      fingerprint256: '',
    };
    const [first] = diagnose(anEvidence({ facts: { tls: { certificate } } }), {
      ...emptyContext(NOON),
      target: aTarget(),
      app: anApp(),
    });
    const leader = first && [first.cause, first.severity, first.scope, first.subject];
    const expected = ['server-certificate-expiring', severity, 'endpoint', 'outlook.office365.com:993'];
    expect(leader).toEqual(severity === undefined ? undefined : expected);
  });

  test('has a warning when this clock is wrong', () => {
    const [first] = diagnose(
      anEvidence({ facts: { token: { clockSkewSeconds: -900 } } }),
      emptyContext(NOON),
    );
    expect(first).toMatchObject({
      cause: 'clock-skew',
      severity: 'warning',
      scope: 'prober',
      subject: 'prober',
    });
  });
});

test('a look that we stopped ourselves means nothing', () => {
  const evidence = anEvidence({ failed: { auth: { kind: 'aborted', text: 'Stopped.' } } });
  expect(diagnose(evidence, emptyContext(NOON))).toEqual([]);
});

test('a refused token and a failing mail leg are two findings', () => {
  const evidence = anEvidence({
    failed: {
      token: { kind: 'rejected', code: 'AADSTS7000222', text: 'AADSTS7000222: expired.' },
      connect: { kind: 'timeout', text: 'The time limit ended.' },
    },
  });
  const diagnoses = diagnose(evidence, { ...emptyContext(NOON), ownNetwork: 'ok' });
  const own = diagnoses.filter((diagnosis) => diagnosis.alternativeTo === undefined);
  expect(own.map((diagnosis) => diagnosis.cause)).toEqual(['secret-expired', 'tcp-blocked']);
});

test('the pair that only Exchange can tell apart comes with the object id to compare', () => {
  const probe = REFUSED_PROBES.find(({ first }) => first === 'exchange-sp-not-registered');
  if (probe === undefined) throw new Error('no such case');
  const [first, second] = diagnose(evidenceOf(probe), contextOf(probe));
  for (const diagnosis of [first, second]) {
    const [compare] = diagnosis?.fix ?? [];
    expect(compare?.command).toContain(
      "Get-ServicePrincipal | Where-Object AppId -eq '66666666-7777-8888-9999-000000000000'",
    );
    expect(compare?.text).toContain('aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee');
  }
});

test('both roles that are missing for one mailbox are one thing to mend, named in full', () => {
  const probe = REFUSED_PROBES.find(({ name }) => name.startsWith('no roles in the token'));
  if (probe === undefined) throw new Error('no such case');
  const titles = (['imap', 'pop3'] as const).map((protocol) => {
    const own = { ...probe, target: { protocol } };
    const [first] = diagnose(evidenceOf(own), contextOf(own));
    expect(first?.fix[1]?.command).toMatch(/'IMAP\.AccessAsApp'.*'POP\.AccessAsApp'/s);
    return first?.title;
  });
  expect(new Set(titles)).toEqual(
    new Set(['App plm lacks the application permissions IMAP.AccessAsApp and POP.AccessAsApp.']),
  );
});

test('the same evidence and context give the same answer', () => {
  for (const probe of [...REFUSED_PROBES, ...OTHER_PROBES]) {
    expect(diagnose(evidenceOf(probe), contextOf(probe))).toEqual(
      diagnose(evidenceOf(probe), contextOf(probe)),
    );
  }
});
