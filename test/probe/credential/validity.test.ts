import { expect, test } from 'vitest';
import type { Failure } from '../../../src/model/failure.ts';
import { Secret } from '../../../src/model/secret.ts';
import { type Validity, validityAfter } from '../../../src/probe/credential/validity.ts';
import { NOON } from '../../support/builders.ts';

const EARLIER: Validity = { valid: true, lastCheck: NOON - 5000, lastSuccess: NOON - 5000 };
const EXPIRED: Failure = { kind: 'rejected', code: 'AADSTS7000222', status: '401', text: 'expired' };
const shape = { length: 40, looksLike: 'secret-value' } as const;
const granted = { ok: true, token: new Secret('t'), claims: {} } as const;

test.each<[string, Failure]>([
  ['a refusal by Entra', EXPIRED],
  ['the app is disabled', { kind: 'rejected', code: 'AADSTS7000112', status: '400', text: 'disabled' }],
  ['there is nothing to present', { kind: 'credential', code: 'ENOENT', text: 'no such file' }],
])('refused: %s', (_name, refusal) => {
  expect(
    validityAfter(EARLIER, { ok: false, failure: refusal, facts: { secretShape: shape } }, NOON),
  ).toEqual({
    valid: false,
    lastCheck: NOON,
    lastSuccess: NOON - 5000,
    refusal,
    secretShape: shape,
  });
});

test.each<[string, Failure]>([
  ['silence', { kind: 'timeout', text: 'silence' }],
  ['a failure of Entra itself', { kind: 'rejected', status: '503', code: 'AADSTS90033', text: 'transient' }],
  ['later', { kind: 'throttled', status: '429', text: 'later' }],
  ["a proxy's page", { kind: 'http', status: '407', text: 'HTML' }],
  ['our own stop', { kind: 'aborted', text: 'stopped' }],
])('%s says nothing about the credential', (_name, failure) => {
  expect(validityAfter(EARLIER, { ok: false, failure, facts: {} }, NOON)).toBe(EARLIER);
});

test('a token ends a refusal', () => {
  const refused: Validity = { valid: false, lastCheck: NOON - 9, refusal: EXPIRED };
  expect(validityAfter(refused, { ...granted, facts: {} }, NOON)).toEqual({
    valid: true,
    lastCheck: NOON,
    lastSuccess: NOON,
  });
});

test('a token that was got with the value before is a refusal of the one that is configured', () => {
  const outcome = { ...granted, facts: { replacementRefused: EXPIRED } };
  expect(validityAfter(EARLIER, outcome, NOON)).toEqual({
    valid: false,
    lastCheck: NOON,
    lastSuccess: NOON - 5000,
    refusal: EXPIRED,
    previousInUse: true,
  });
});
