import { describe, expect, test } from 'vitest';
import { diagnoseCredential } from '../../src/diagnosis/diagnose-credential.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Evidence, Stage } from '../../src/model/evidence.ts';
import { isCredentialInDoubt } from '../../src/status/credential-doubt.ts';
import { contextOf } from '../cases/probe-case.ts';
import { anApp, anEvidence, aTarget, NOON } from '../support/builders.ts';

/** A server that takes a token which lacks a role, by our reading, says that the role is not needed. */
const UNFIT: Stage = {
  stage: 'claims',
  outcome: 'failed',
  seconds: 0,
  facts: { audience: 'https://outlook.office365.com', tenantId: 'x', roles: ['POP.AccessAsApp'] },
  failure: { kind: 'claims', code: 'role-missing', text: 'The token lacks the role IMAP.AccessAsApp.' },
};

function unfit(evidence: Evidence): Evidence {
  return { ...evidence, stages: evidence.stages.map((stage) => (stage.stage === 'claims' ? UNFIT : stage)) };
}

const REFUSED_AT_LOGIN = { auth: { kind: 'rejected', status: 'NO', text: 'AUTHENTICATE failed.' } } as const;
const NOT_OPENED = {
  open: { kind: 'rejected', status: 'BAD', text: 'User is authenticated but not connected.' },
} as const;

describe('a token that lacks the role', () => {
  test.each([
    ['and is refused: the role is the cause', { failed: REFUSED_AT_LOGIN }, 'app-permission-missing'],
    ['and logs in, and the mailbox does not open: the mailbox is', { failed: NOT_OPENED }, undefined],
    ['and opens the mailbox: nothing is wrong', {}, undefined],
  ])('%s', (_name, options, cause) => {
    const causes = diagnose(unfit(anEvidence(options)), contextOf({})).map((each) => each.cause);
    expect(causes.filter((each) => each.endsWith('-missing') && each.startsWith('app-'))).toEqual(
      cause === undefined ? [] : [cause],
    );
    expect(causes).not.toContain('claims-unexplained');
  });

  test('puts the credential in doubt only while the server refuses it', () => {
    expect(
      isCredentialInDoubt(unfit(anEvidence({ failed: REFUSED_AT_LOGIN })), { consecutiveFailures: 5 }),
    ).toBe(true);
    expect(isCredentialInDoubt(unfit(anEvidence()), { consecutiveFailures: 0 })).toBe(false);
  });

  test.each([
    ['and was taken: the directory is not held against it', new Set(['imap'] as const), []],
    ['and was not tried: the directory tells', new Set<'imap'>(), ['app-permission-missing']],
  ])('%s', (_name, proven, expected) => {
    const credential = {
      app: 'plm',
      kind: 'secret' as const,
      endDates: [],
      registered: [],
      match: 'unknown' as const,
      registration: { requestedRoles: [], requestedScopes: [], grantedRoles: [] },
    };
    const { app } = aTarget({ app: anApp({ graph: true }) });
    const found = diagnoseCredential(credential, {
      app,
      now: NOON,
      mailboxes: ['qms'],
      protocols: ['imap'],
      proven,
    });
    expect(found.map(({ cause }) => cause).filter((cause) => cause.includes('permission'))).toEqual(expected);
  });
});
