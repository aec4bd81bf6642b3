/** What is said of a credential before anybody is locked out. */
import { describe, expect, test } from 'vitest';
import { diagnoseCredential } from '../../src/diagnosis/diagnose-credential.ts';
import { tokenFailureCause } from '../../src/diagnosis/token-failure-cause.ts';
import { CAUSES } from '../../src/model/cause.ts';
import { FAILURE_KINDS } from '../../src/model/failure.ts';
import { CREDENTIALS, HEALTHY } from '../cases/credentials.ts';
import { anApp, NOON } from '../support/builders.ts';

const MAILBOXES = ['qms-inbox', 'plm-orders'];

describe('a credential', () => {
  test.each(CREDENTIALS)('$name', ({ credential, token, causes, first = {}, says = [] }) => {
    const diagnoses = diagnoseCredential(credential, {
      app: anApp(),
      now: NOON,
      mailboxes: MAILBOXES,
      ...(token === undefined ? {} : { token }),
    });
    expect(diagnoses.map((diagnosis) => diagnosis.cause)).toEqual(causes);
    expect(diagnoses[0] ?? {}).toMatchObject(first);
    const words = `${diagnoses[0]?.title ?? ''}\n${diagnoses[0]?.evidence.join('\n') ?? ''}`;
    expect(says.filter((phrase) => !words.includes(phrase))).toEqual([]);
  });

  test('a permission is asked for by the protocols that are used', () => {
    const registration = {
      requestedRoles: ['IMAP.AccessAsApp'],
      requestedScopes: [],
      grantedRoles: ['IMAP.AccessAsApp'],
    };
    const [first] = diagnoseCredential(
      { ...HEALTHY, registration },
      { app: anApp(), now: NOON, mailboxes: MAILBOXES, protocols: ['imap', 'pop3'] },
    );
    expect(first).toMatchObject({ cause: 'app-permission-missing', causeDetail: 'never-added' });
    expect(first?.title).toContain('POP.AccessAsApp');
  });
});

test('the label of a failed token request is a cause that exists', () => {
  const ids = new Set<string>([...CAUSES, 'unexplained']);
  for (const kind of FAILURE_KINDS) expect(ids).toContain(tokenFailureCause(kind));
  expect(tokenFailureCause('AADSTS7000222')).toBe('secret-expired');
  expect(tokenFailureCause('AADSTS999999')).toBe('unexplained');
  expect(tokenFailureCause('constructor')).toBe('unexplained');
});
