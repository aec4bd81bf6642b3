import { describe, expect, test } from 'vitest';
import type { Claims } from '../../src/model/evidence.ts';
import { judgeClaims } from '../../src/probe/judge-claims.ts';
import { NOON } from '../support/builders.ts';

const MINUTE_MS = 60_000;
const fit: Claims = {
  issuer: 'https://sts.windows.net/11111111-2222-3333-4444-555555555555/',
  audience: 'https://outlook.office365.com',
  roles: ['IMAP.AccessAsApp', 'POP.AccessAsApp'],
  expiresAt: NOON + 60 * MINUTE_MS,
  notBefore: NOON - MINUTE_MS,
};
const { roles: _roles, ...withoutRoles } = fit;

describe('claims that a login can work with', () => {
  test.each<readonly [string, Claims]>([
    ['of a healthy app', fit],
    ['for ps.outlook.com', { ...fit, audience: 'https://ps.outlook.com' }],
    ['for Exchange by its application id', { ...fit, audience: '00000002-0000-0FF1-CE00-000000000000' }],
    ['for the host of another cloud', { ...fit, audience: 'https://partner.outlook.cn/' }],
    ['of a token that is no JWT', {}],
    [
      'of another issuer, without roles',
      { issuer: 'https://idp.example/', audience: 'mail', expiresAt: NOON + 1 },
    ],
    ['of another issuer, delegated', { issuer: 'https://idp.example/', scopes: 'mail' }],
    ['that begin a little in the future', { ...fit, notBefore: NOON + 4 * MINUTE_MS }],
  ])('%s', (_, claims) => {
    expect(judgeClaims(claims, 'imap', NOON)).toBeUndefined();
  });
});

describe('claims that a login cannot work with', () => {
  test.each<readonly [string, string, Claims]>([
    ['wrong-audience', 'for Graph', { ...fit, audience: 'https://graph.microsoft.com' }],
    [
      'wrong-audience',
      'for Graph, which has other roles',
      { ...withoutRoles, audience: 'https://graph.microsoft.com' },
    ],
    ['delegated-token', 'with delegated scopes', { ...fit, scopes: 'IMAP.AccessAsUser.All' }],
    ['role-missing', 'without roles', withoutRoles],
    ['role-missing', 'with the role of the other protocol', { ...fit, roles: ['POP.AccessAsApp'] }],
    ['role-missing', 'with other roles', { ...fit, roles: ['full_access_as_app', 'Mail.Read'] }],
    ['token-expired', 'that have expired', { ...fit, expiresAt: NOON }],
    [
      'token-expired',
      'of another issuer that have expired',
      { issuer: 'https://idp.example/', expiresAt: 1 },
    ],
    ['token-not-yet-valid', 'that begin in the future', { ...fit, notBefore: NOON + 6 * MINUTE_MS }],
  ])('%s: %s', (code, _, claims) => {
    expect(judgeClaims(claims, 'imap', NOON)).toMatchObject({ kind: 'claims', code });
  });

  test('each protocol wants its own role', () => {
    const claims = { ...fit, roles: ['IMAP.AccessAsApp'] };
    expect(judgeClaims(claims, 'imap', NOON)).toBeUndefined();
    expect(judgeClaims(claims, 'pop3', NOON)?.text).toBe(
      'The token lacks the role POP.AccessAsApp: it has IMAP.AccessAsApp.',
    );
  });

  test('a set-up that is wrong comes before a clock that is', () => {
    expect(judgeClaims({ ...withoutRoles, expiresAt: 1 }, 'imap', NOON)?.code).toBe('role-missing');
  });
});
