/** Credentials as they are found, and what deserves to be said of them before anybody is locked out. */
import type { Cause } from '../../src/model/cause.ts';
import type { CredentialStatus } from '../../src/model/credential.ts';
import type { AppTokenState } from '../../src/model/status.ts';
import { NOON } from '../support/builders.ts';

export interface CredentialCase {
  readonly name: string;
  readonly credential: CredentialStatus;
  readonly token?: AppTokenState;
  /** The causes, in order. */
  readonly causes: readonly Cause[];
  readonly first?: Readonly<Record<string, unknown>>;
  /** Words that the first one's title or evidence must hold. */
  readonly says?: readonly string[];
}

const DAY = 86_400_000;

export const HEALTHY: CredentialStatus = {
  app: 'plm',
  kind: 'secret',
  endDates: [{ source: 'configuration', expiresAt: NOON + 300 * DAY, credential: 'configured' }],
  registered: [],
  match: 'unknown',
  valid: true,
};

const GRANTED = {
  requestedRoles: ['IMAP.AccessAsApp'],
  requestedScopes: [],
  grantedRoles: ['IMAP.AccessAsApp'],
};
const FORBIDDING = { name: 'No secrets', forbidsSecrets: true };
const TOKEN: AppTokenState = {
  app: 'plm',
  requestsTotal: 3,
  failuresByCode: {},
  expiresAt: NOON + 2_100_000,
};
const EXPIRED = {
  kind: 'rejected',
  code: 'AADSTS7000222',
  status: '401',
  text: 'AADSTS7000222: The provided client secret keys are expired.',
} as const;

function endingIn(days: number): CredentialStatus {
  return {
    ...HEALTHY,
    endDates: [{ source: 'configuration', expiresAt: NOON + days * DAY, credential: 'configured' }],
  };
}

export const CREDENTIALS: readonly CredentialCase[] = [
  { name: 'nothing to say', credential: HEALTHY, causes: [] },
  { name: 'forty days left: nothing to say yet', credential: endingIn(40), causes: [] },
  {
    name: 'twenty days left: worth knowing',
    credential: endingIn(20),
    causes: ['secret-expiring'],
    first: { severity: 'info', confidence: 'certain', scope: 'app', subject: 'plm' },
    says: ['expires in 20 days, on 2026-12-12'],
  },
  {
    name: 'ten days left: a warning',
    credential: endingIn(10),
    causes: ['secret-expiring'],
    first: { severity: 'warning' },
  },
  {
    name: 'five days left: critical',
    credential: endingIn(5),
    causes: ['secret-expiring'],
    first: { severity: 'critical' },
  },
  {
    name: 'a policy that forbids new secrets, long before the end: worth knowing',
    credential: { ...HEALTHY, registration: { ...GRANTED, policy: FORBIDDING } },
    causes: ['secret-renewal-blocked'],
    first: {
      severity: 'info',
      confidence: 'certain',
      scope: 'app',
      owner: 'entra-admin',
      causeDetail: 'forbidden',
    },
    says: ['Policy of the tenant, from Microsoft Graph: No secrets.'],
  },
  {
    name: 'a policy that forbids new secrets, ten days before the end: a warning, and the fix is a certificate',
    credential: { ...endingIn(10), registration: { ...GRANTED, policy: FORBIDDING } },
    causes: ['secret-expiring', 'secret-renewal-blocked'],
    first: { severity: 'warning' },
  },
  {
    name: 'a policy that shortens secrets: the printed end date keeps to it, so there is nothing to say',
    credential: {
      ...HEALTHY,
      registration: {
        ...GRANTED,
        policy: { name: 'Short', forbidsSecrets: false, longestSecretMs: 90 * DAY },
      },
    },
    causes: [],
  },
  {
    name: 'a policy that forbids secrets, and a certificate in use',
    credential: { ...HEALTHY, kind: 'certificate', registration: { ...GRANTED, policy: FORBIDDING } },
    causes: [],
  },
  {
    name: 'a rotation under way: the new one is registered, and not in use',
    credential: {
      ...HEALTHY,
      endDates: [
        { source: 'graph', expiresAt: NOON + 5 * DAY, credential: 'old' },
        { source: 'graph', expiresAt: NOON + 200 * DAY, credential: 'new' },
      ],
      registered: [
        { kind: 'secret', keyId: 'old', expiresAt: NOON + 5 * DAY },
        { kind: 'secret', keyId: 'new', expiresAt: NOON + 200 * DAY },
      ],
      match: 'matched',
      matchedKeyId: 'old',
    },
    causes: ['secret-expiring'],
    says: ['A newer one is already registered (new, until 2027-06-10), but it is not the one in use.'],
  },
  {
    name: 'two registered secrets that begin alike: the first to end, and not for sure',
    credential: {
      ...HEALTHY,
      endDates: [
        { source: 'graph', expiresAt: NOON + 2 * DAY, credential: 'other' },
        { source: 'graph', expiresAt: NOON + 10 * DAY, credential: 'one' },
        { source: 'graph', expiresAt: NOON + 200 * DAY, credential: 'two' },
      ],
      registered: [
        { kind: 'secret', keyId: 'other', hint: 'xyz', expiresAt: NOON + 2 * DAY },
        { kind: 'secret', keyId: 'one', hint: 'abc', expiresAt: NOON + 10 * DAY },
        { kind: 'secret', keyId: 'two', hint: 'abc', expiresAt: NOON + 200 * DAY },
      ],
      match: 'ambiguous',
      candidateKeyIds: ['one', 'two'],
    },
    causes: ['secret-expiring'],
    first: { confidence: 'possible', severity: 'warning' },
    says: ['and it is not known which of them is in use.'],
  },
  {
    name: 'refused before its end: that it will end is no second problem',
    credential: {
      ...endingIn(5),
      valid: false,
      refusal: { kind: 'rejected', code: 'AADSTS7000215', text: 'AADSTS7000215: Invalid client secret.' },
    },
    causes: ['secret-invalid'],
  },
  {
    name: 'refused when a token for Graph was asked for: the credential, and not a permission',
    credential: { ...HEALTHY, valid: false, refusal: EXPIRED, graphFailure: EXPIRED },
    causes: ['secret-expired'],
  },
  {
    name: 'a token for Graph that a policy blocks is no missing permission',
    credential: {
      ...HEALTHY,
      graphFailure: { kind: 'rejected', code: 'AADSTS53003', status: '401', text: 'AADSTS53003: Blocked.' },
    },
    causes: ['graph-unavailable'],
  },
  {
    name: 'refused while a token lives: critical, with the hour at which it goes dark',
    credential: { ...endingIn(-1), valid: false, refusal: EXPIRED },
    token: TOKEN,
    causes: ['secret-expired'],
    first: { severity: 'critical', confidence: 'certain' },
    says: [
      'The current token works until 2026-11-22 12:35 UTC; then 2 mailboxes (qms-inbox, plm-orders) can no longer be opened.',
    ],
  },
  {
    name: 'refused for a reason that nobody knows',
    credential: {
      ...HEALTHY,
      valid: false,
      refusal: { kind: 'rejected', code: 'AADSTS999999', text: 'AADSTS999999: new' },
    },
    causes: ['token-unexplained'],
    says: ['No valid token is left for 2 mailboxes (qms-inbox, plm-orders).'],
  },
  {
    name: 'a value that is none of the registered secrets, before it fails',
    credential: { ...HEALTHY, match: 'none' },
    causes: ['secret-invalid'],
    first: { causeDetail: 'not-registered', confidence: 'likely', severity: 'warning' },
  },
  {
    name: 'a Secret ID in the place of the value',
    credential: {
      ...HEALTHY,
      match: 'secret-id',
      valid: false,
      refusal: {
        kind: 'rejected',
        code: 'AADSTS7000215',
        text: 'AADSTS7000215: Invalid client secret provided.',
      },
    },
    causes: ['secret-invalid'],
    first: { causeDetail: 'secret-id-instead-of-value', confidence: 'certain' },
  },
  {
    name: 'a consent that is missing',
    credential: { ...HEALTHY, registration: { ...GRANTED, grantedRoles: [] } },
    causes: ['admin-consent-missing'],
    first: { confidence: 'certain' },
  },
  {
    name: 'a delegated permission in the place of the application permission',
    credential: {
      ...HEALTHY,
      registration: { requestedRoles: [], requestedScopes: ['IMAP.AccessAsUser.All'], grantedRoles: [] },
    },
    causes: ['app-permission-missing', 'surplus-permissions'],
    first: { causeDetail: 'delegated-instead-of-application' },
  },
  {
    name: 'a disabled service principal',
    credential: { ...HEALTHY, registration: { ...GRANTED, servicePrincipalEnabled: false } },
    causes: ['app-disabled'],
  },
  {
    name: 'surplus permissions',
    credential: { ...HEALTHY, registration: { ...GRANTED, requestedScopes: ['User.Read'] } },
    causes: ['surplus-permissions'],
    first: { severity: 'info' },
    says: ['Not needed for IMAP and POP3: User.Read.'],
  },
  {
    name: 'Graph denied',
    credential: {
      ...HEALTHY,
      graphFailure: {
        kind: 'rejected',
        status: '403',
        code: 'Authorization_RequestDenied',
        text: 'Insufficient privileges to complete the operation.',
      },
    },
    causes: ['graph-permission-missing'],
    first: { severity: 'warning' },
  },
  {
    name: 'Graph out of reach',
    credential: { ...HEALTHY, graphFailure: { kind: 'timeout', text: 'The time limit ended.' } },
    causes: ['graph-unavailable'],
    first: { severity: 'warning' },
  },
  {
    name: 'sources that disagree',
    credential: {
      ...HEALTHY,
      endDates: [
        ...HEALTHY.endDates,
        { source: 'certificate', expiresAt: NOON + 100 * DAY, credential: 'AB' },
      ],
    },
    causes: ['end-date-conflict'],
    says: ['configuration: 2027-09-18', 'certificate: 2027-03-02'],
  },
  {
    name: 'no end date at all',
    credential: { ...HEALTHY, endDates: [] },
    causes: ['end-date-unknown'],
    first: { severity: 'info' },
  },
  {
    name: 'a federated token, which needs none',
    credential: { ...HEALTHY, kind: 'federated-token', endDates: [] },
    causes: [],
  },
  {
    name: 'a clock that is wrong',
    credential: HEALTHY,
    token: { ...TOKEN, clockSkewSeconds: 600 },
    causes: ['clock-skew'],
    first: { severity: 'warning' },
  },
];
