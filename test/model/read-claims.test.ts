import { describe, expect, test } from 'vitest';
import { decodeClaims } from '../../src/model/read-claims.ts';
import { fakeToken } from '../fakes/fake-token-endpoint.ts';

/** As in MailKit #1811, ids changed. */
const EXCHANGE_TOKEN = {
  aud: 'https://outlook.office365.com',
  iss: 'https://sts.windows.net/11111111-2222-3333-4444-555555555555/',
  iat: 1725836252,
  nbf: 1725836252,
  exp: 1725840152,
  aio: 'E2dgYPjS8cVWfs7',
  app_displayname: 'ExternalActivityNotifier',
  appid: '66666666-7777-8888-9999-000000000000',
  appidacr: '1',
  idtyp: 'app',
  oid: '77777777-aaaa-bbbb-cccc-000000000000',
  rh: '0.AXcA',
  roles: ['IMAP.AccessAsApp', 'SMTP.SendAsApp'],
  sid: '0d7c4a3e',
  tid: '11111111-2222-3333-4444-555555555555',
  uti: 'Zm9v',
  ver: '1.0',
};

test('an Exchange token gives its claims, times in milliseconds, and nothing else of it', () => {
  expect(decodeClaims(fakeToken(EXCHANGE_TOKEN))).toEqual({
    audience: 'https://outlook.office365.com',
    issuer: 'https://sts.windows.net/11111111-2222-3333-4444-555555555555/',
    roles: ['IMAP.AccessAsApp', 'SMTP.SendAsApp'],
    appId: '66666666-7777-8888-9999-000000000000',
    objectId: '77777777-aaaa-bbbb-cccc-000000000000',
    tenantId: '11111111-2222-3333-4444-555555555555',
    identityType: 'app',
    authenticationMethod: '1',
    version: '1.0',
    issuedAt: 1725836252000,
    notBefore: 1725836252000,
    expiresAt: 1725840152000,
  });
});

test.each([
  ['the client id of a v2.0 token is azp', { azp: 'client' }, { appId: 'client' }],
  ['the method of a v2.0 token is azpacr', { azpacr: '2' }, { authenticationMethod: '2' }],
  ['delegated scopes are kept', { scp: 'IMAP.AccessAsUser.All' }, { scopes: 'IMAP.AccessAsUser.All' }],
  ['of several audiences the first counts', { aud: ['one', 'two'] }, { audience: 'one' }],
  ['a single role as text is a list of one', { roles: 'IMAP.AccessAsApp' }, { roles: ['IMAP.AccessAsApp'] }],
  ['no roles are not an empty list', { ver: '1.0' }, { version: '1.0' }],
  ['an empty list of roles stays one', { roles: [] }, { roles: [] }],
  ['a version as number is text', { ver: 1 }, { version: '1' }],
  ['members of other types are absent', { aud: {}, roles: 7, exp: 'soon', iat: null, oid: [] }, {}],
  ['a role of another type is left out', { roles: [{}, 'POP.AccessAsApp'] }, { roles: ['POP.AccessAsApp'] }],
  ['a time beyond the calendar is absent', { exp: 1e300 }, {}],
  ['control characters are taken out', { oid: 'a\u0000\u202eb\r\n' }, { objectId: 'a b' }],
])('%s', (_, claims, expected) => {
  expect(decodeClaims(fakeToken(claims))).toEqual(expected);
});

test('long values and lists are bounded', () => {
  const claims = decodeClaims(
    fakeToken({ oid: 'x'.repeat(9000), roles: Array.from({ length: 999 }, (_, i) => `role ${i}`) }),
  );
  expect(claims.objectId).toHaveLength(200);
  expect(claims.roles).toHaveLength(50);
});

describe('what is no JWT has no claims', () => {
  const payload = (content: string): string => `h.${Buffer.from(content).toString('base64url')}.s`;
  test.each([
    ['an empty token', ''],
    ['an opaque token', 'EwBwA8l6BAAU'],
    ['two parts', 'a.b'],
    ['an encrypted token of five parts', 'a.b.c.d.e'],
    ['a payload that is no JSON', payload('hello')],
    ['a payload that is a list', payload('[1]')],
    ['a payload that is null', payload('null')],
    ['a payload that is no base64', 'h.\u0000\u0001.s'],
    ['a token of a megabyte', payload(JSON.stringify({ oid: 'x'.repeat(1_000_000) }))],
  ])('%s', (_, token) => {
    expect(decodeClaims(token)).toEqual({});
  });
});
