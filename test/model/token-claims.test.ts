import { describe, expect, test } from 'vitest';
import type { Claims } from '../../src/model/evidence.ts';
import { CLOUD_NAMES, CLOUDS, EXCHANGE_APP_ID, GRAPH_APP_ID } from '../../src/model/microsoft365.ts';
import { claimsFailureOf } from '../../src/model/token-claims.ts';
import type { Protocol } from '../../src/model/protocol.ts';
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

function judge(claims: Claims, protocol: Protocol = 'imap') {
  return claimsFailureOf({ claims, protocol, at: NOON });
}

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
    expect(judge(claims)).toBeUndefined();
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
    expect(judge(claims)).toMatchObject({ kind: 'claims', code });
  });

  test('each protocol wants its own role', () => {
    const claims = { ...fit, roles: ['IMAP.AccessAsApp'] };
    expect(judge(claims)).toBeUndefined();
    expect(judge(claims, 'pop3')?.text).toBe(
      'The token lacks the role POP.AccessAsApp: it has IMAP.AccessAsApp.',
    );
  });

  test('a set-up that is wrong comes before a clock that is', () => {
    expect(judge({ ...withoutRoles, expiresAt: 1 })?.code).toBe('role-missing');
  });
});

/** As tokens and administrators write Exchange Online's resource. */
const EXCHANGES: readonly string[] = [
  'https://outlook.office365.com',
  'https://outlook.office365.com/',
  'https://Outlook.Office365.com',
  'outlook.office365.com',
  'https://outlook.office.com',
  'https://ps.outlook.com',
  'https://outlook.office365.us',
  'https://outlook.office.us',
  'https://outlook-dod.office365.us',
  'https://webmail.apps.mil',
  'https://partner.outlook.cn',
  EXCHANGE_APP_ID,
  EXCHANGE_APP_ID.toUpperCase(),
];
const GRAPHS: readonly string[] = [
  'https://graph.microsoft.com',
  'https://graph.microsoft.com/',
  'https://graph.microsoft.us',
  'https://dod-graph.microsoft.us',
  'https://microsoftgraph.chinacloudapi.cn',
  GRAPH_APP_ID,
];
const OTHERS: readonly string[] = [
  'https://management.azure.com',
  'https://graph.windows.net',
  'https://outlook.office365.com.example.net',
  'api://11111111-2222-3333-4444-555555555555',
];

describe.each(CLOUD_NAMES)('an audience in a token of the cloud %s', (cloud) => {
  const issuers = CLOUDS[cloud].issuerHosts.map(
    (host) => `https://${host}/11111111-2222-3333-4444-555555555555/`,
  );
  const faultsOf = (claims: Claims): readonly (string | undefined)[] => [
    ...new Set(issuers.map((issuer) => judge({ ...claims, issuer })?.code)),
  ];

  test.each(EXCHANGES)('%s is Exchange Online: only the role counts', (audience) => {
    expect(faultsOf({ ...fit, audience })).toEqual([undefined]);
    expect(faultsOf({ ...withoutRoles, audience })).toEqual(['role-missing']);
  });

  test.each(GRAPHS)('%s is Microsoft Graph, whatever the roles', (audience) => {
    expect(faultsOf({ ...fit, audience })).toEqual(['wrong-audience']);
    expect(faultsOf({ ...withoutRoles, audience })).toEqual(['wrong-audience']);
  });

  test.each(OTHERS)('%s is another service', (audience) => {
    expect(faultsOf({ ...withoutRoles, audience })).toEqual(['wrong-audience']);
  });

  test("a name that is not known is Exchange Online where the role is Exchange Online's", () => {
    expect(faultsOf({ ...fit, audience: 'https://outlook.newcloud.example' })).toEqual([undefined]);
  });

  test('the scope of the cloud requests an audience that is accepted', () => {
    expect(judge({ ...fit, audience: CLOUDS[cloud].scope.replace('/.default', '') })).toBeUndefined();
  });
});
