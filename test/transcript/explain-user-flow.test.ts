/** A program that signs in as a user gets help for that sign-in, not for an application's own. */
import { describe, expect, test } from 'vitest';
import type { Cause } from '../../src/model/cause.ts';
import { explain } from '../../src/explain.ts';
import { PASTED_AT } from '../cases/text-case.ts';

/** What only a sign-in of the application itself needs. */
const APP_ONLY = /New-ServicePrincipal|AccessAsApp|Get-ServicePrincipal/;

const TEXTS: readonly (readonly [name: string, text: string, cause: Cause, help: RegExp])[] = [
  [
    'a refresh token that was not used for too long',
    'POST /common/oauth2/v2.0/token grant_type=refresh_token\n{"error":"invalid_grant","error_description":"AADSTS700082: The refresh token has expired due to inactivity. The token was issued on 2026-01-01T00:00:00Z and was inactive for 90.00:00:00."}',
    'not-client-credentials',
    /^Have the user sign in again/,
  ],
  [
    'a refresh token that was revoked',
    'Error requesting access token with refresh token - received invalid response: {"error":"invalid_grant","error_description":"AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed."}',
    'not-client-credentials',
    /^Have the user sign in again/,
  ],
  [
    'a refused login after a refresh',
    '{"grant_type":"refresh_token","scope":"https://outlook.office.com/IMAP.AccessAsUser.All offline_access"}\na2 NO AUTHENTICATE failed.',
    'token-user-mailbox-mismatch',
    /as a user must put that user's own address/,
  ],
  [
    'a mailbox that does not open after a refresh',
    'answer: {"token_type":"Bearer","scope":"https://outlook.office.com/IMAP.AccessAsUser.All","refresh_token":"x"}\na3 BAD User is authenticated but not connected.',
    'token-user-mailbox-mismatch',
    /For a shared mailbox/,
  ],
  [
    'a POP3 login that is refused after a refresh',
    'grant_type=refresh_token\n-ERR Authentication failure: unknown user name or bad password.',
    'token-user-mailbox-mismatch',
    /as a user must put/,
  ],
  [
    'a scope in a form that the sign-in does not take',
    "grant_type=refresh_token\nAADSTS70011: The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid.",
    'scope-format-invalid',
    /IMAP\.AccessAsUser\.All offline_access/,
  ],
];

describe('the help is for a sign-in as a user, given', () => {
  test.each(TEXTS)('%s', (_name, text, cause, help) => {
    const diagnoses = explain(text, PASTED_AT);
    expect(diagnoses[0]?.cause).toBe(cause);
    expect(diagnoses[0]?.fix.some((step) => help.test(step.text))).toBe(true);
    const shown = diagnoses.flatMap(({ fix }) => fix.map((step) => `${step.text} ${step.command ?? ''}`));
    expect(shown.filter((step) => APP_ONLY.test(step))).toEqual([]);
  });
});

test('an application that names delegated permissions still gets help for the application', () => {
  const text =
    'AADSTS1002012: The provided value for scope https://outlook.office.com/IMAP.AccessAsUser.All offline_access is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).';
  const [first] = explain(text, PASTED_AT);
  expect(first?.fix.map((step) => step.text)).toEqual([
    'Set the scope to exactly https://outlook.office365.com/.default, without offline_access and without permission names.',
  ]);
});
