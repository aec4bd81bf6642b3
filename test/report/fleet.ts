/**
 * One fixed fleet for the tests of report/: a healthy app, one with an expired secret, one without POP permission, a
 * mailbox that fails for the first time, and one that was never probed. Some names need escaping.
 */
import { tokenFailureCause } from '../../src/diagnosis/token-failure-cause.ts';
import type { CredentialStatus } from '../../src/model/credential.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { createRedactor, type Redactor } from '../../src/model/redactor.ts';
import type { Problem, Snapshot, TargetStatus } from '../../src/model/status.ts';
import type { App } from '../../src/model/target.ts';
import { createHttpServer, type HttpOptions } from '../../src/report/http-server.ts';
import { createMetrics } from '../../src/report/metrics.ts';
import type { ReportSource } from '../../src/report/source.ts';
import { aDiagnosis, aProbe, anApp, aTarget, NOON, type TargetOptions } from '../support/builders.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const PLM = anApp({ owner: 'it-operations', graph: true });
const CRM = anApp({ id: 'crm', clientId: '77777777-8888-9999-aaaa-bbbbbbbbbbbb' });
const HR = anApp({ id: 'hr', clientId: '88888888-9999-aaaa-bbbb-cccccccccccc', owner: 'people-team' });
const APPS: readonly App[] = [PLM, CRM, HR];

const SECRET_EXPIRED = aDiagnosis({
  subject: 'crm',
  title: 'The client secret of app "crm" has expired: no token is issued',
  evidence: [
    "token: AADSTS7000222: The provided client secret keys for app '77777777-8888-9999-aaaa-bbbbbbbbbbbb' are expired.",
    'All 2 mailboxes of the app fail alike, over both protocols.',
  ],
  fix: [
    {
      text: 'Add a new secret to the app registration. The old one stays as it is.',
      command:
        "Connect-MgGraph -TenantId '11111111-2222-3333-4444-555555555555' -Scopes Application.ReadWrite.All\n$app = Get-MgApplicationByAppId -AppId '77777777-8888-9999-aaaa-bbbbbbbbbbbb'\nAdd-MgApplicationPassword -ApplicationId $app.Id -PasswordCredential @{ displayName = 'mailprobe 2026-11' }",
      shell: 'powershell',
    },
    {
      text: 'Put its value (not its ID) where mailprobe reads it: /run/secrets/crm. It is picked up by itself.',
    },
  ],
  takesEffect: 'at once, at the next token request',
  guideStep: 2,
  references: ['https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes'],
});

const NO_POP = aDiagnosis({
  cause: 'app-permission-missing',
  confidence: 'certain',
  subject: 'hr',
  severity: 'critical',
  title: 'App "hr" may not use POP3: its token has no role POP.AccessAsApp',
  evidence: [
    'claims: roles IMAP.AccessAsApp',
    'auth: -ERR Authentication failure: unknown user name or bad password.',
  ],
  fix: [
    {
      text: 'Grant the application permission POP.AccessAsApp of "Office 365 Exchange Online", then admin consent.',
    },
  ],
  takesEffect: 'within an hour: the token in hand keeps its roles until it ends',
  lookAlikes: [
    { cause: 'admin-consent-missing', test: 'The permission is listed, its status is not "Granted".' },
  ],
  guideStep: 3,
  references: ['javascript:alert(1)', 'DOCU13517, step 3'],
});

const MAYBE_PERMISSION = aDiagnosis({
  cause: 'mailbox-permission-missing',
  confidence: 'possible',
  scope: 'mailbox',
  subject: 'archive-2',
  owner: 'exchange-admin',
  severity: 'warning',
  title: 'Exchange refuses the log-in to archive-2; seen once, not confirmed',
  evidence: ['auth: NO AUTHENTICATE failed.'],
  fix: [],
  references: [],
});

const ENDS_SOON: Diagnosis = aDiagnosis({
  cause: 'secret-expiring',
  subject: 'plm',
  severity: 'info',
  title: 'The client secret of app "plm" ends in 29 days',
  fix: [{ text: 'Renew it before 2026-12-21.' }],
});

const CERTIFICATE = {
  subject: 'CN=outlook.com',
  issuer: 'CN=DigiCert Cloud Services CA-1',
  names: ['DNS:*.office365.com'],
  notBefore: NOON - 90 * DAY,
  notAfter: NOON + 120 * DAY,
  fingerprint256: 'AA:BB',
};

function healthy(options: TargetOptions, overrides: Partial<TargetStatus> = {}): TargetStatus {
  const target = aTarget(options);
  const lastProbe = aProbe({
    target,
    startedAt: NOON - 2 * MINUTE,
    facts: { tls: { protocol: 'TLSv1.3', mode: 'implicit', certificate: CERTIFICATE } },
  });
  return {
    target,
    confirmed: 'up',
    confirmedSince: NOON - 3 * DAY,
    consecutiveFailures: 0,
    consecutiveSuccesses: 864,
    lastProbe,
    lastSuccess: NOON - 2 * MINUTE,
    probesTotal: 864,
    failuresByCause: {},
    history: [lastProbe],
    ...overrides,
  };
}

function failing(
  options: TargetOptions,
  failed: NonNullable<NonNullable<Parameters<typeof aProbe>[0]>['failed']>,
  diagnosis: Diagnosis,
  overrides: Partial<TargetStatus> = {},
): TargetStatus {
  const target = aTarget(options);
  const lastProbe = aProbe({ target, startedAt: NOON - MINUTE, failed, diagnoses: [diagnosis] });
  return {
    target,
    confirmed: 'down',
    confirmedSince: NOON - 2 * HOUR,
    consecutiveFailures: 25,
    consecutiveSuccesses: 0,
    lastProbe,
    lastSuccess: NOON - 2 * HOUR - 10 * MINUTE,
    failingSince: NOON - 2 * HOUR - 5 * MINUTE,
    probesTotal: 900,
    failuresByCause: { [diagnosis.cause]: 25 },
    history: [lastProbe],
    ...overrides,
  };
}

const EXPIRED = {
  token: {
    kind: 'rejected',
    code: 'AADSTS7000222',
    status: '401',
    text: "AADSTS7000222: The provided client secret keys for app '77777777-8888-9999-aaaa-bbbbbbbbbbbb' are expired.",
  },
} as const;

const TARGETS: readonly TargetStatus[] = [
  healthy({ mailbox: 'qms-inbox', labels: { team: 'quality' } }),
  healthy({ mailbox: 'qms-inbox', protocol: 'pop3', labels: { team: 'quality' } }),
  healthy({ mailbox: 'r&d "lab"\\<b>', address: 'r&d@contoso.example', labels: { team: 'r&d' } }),
  failing({ mailbox: 'sales', app: CRM }, EXPIRED, SECRET_EXPIRED),
  failing({ mailbox: 'sales', app: CRM, protocol: 'pop3' }, EXPIRED, SECRET_EXPIRED),
  failing({ mailbox: 'support', app: CRM }, EXPIRED, SECRET_EXPIRED),
  healthy({ mailbox: 'applications', app: HR }),
  failing(
    { mailbox: 'applications', app: HR, protocol: 'pop3' },
    {
      auth: {
        kind: 'rejected',
        status: '-ERR',
        text: 'Authentication failure: unknown user name or bad password.',
      },
    },
    NO_POP,
    { confirmedSince: NOON - 40 * DAY, failingSince: NOON - 40 * DAY },
  ),
  failing(
    { mailbox: 'archive-2', app: HR },
    { auth: { kind: 'rejected', status: 'NO', text: 'AUTHENTICATE failed.' } },
    MAYBE_PERMISSION,
    { confirmed: 'up', consecutiveFailures: 1, failingSince: NOON - MINUTE },
  ),
  {
    target: aTarget({ mailbox: 'brand-new', app: PLM }),
    confirmed: 'unknown',
    consecutiveFailures: 0,
    consecutiveSuccesses: 0,
    probesTotal: 0,
    failuresByCause: {},
    history: [],
  },
];

function problem(diagnosis: Diagnosis, since: number, affectedMailboxes: readonly string[]): Problem {
  return {
    ...diagnosis,
    id: `${diagnosis.cause}:${diagnosis.scope}:${diagnosis.subject}`,
    since,
    affectedMailboxes,
  };
}

export const SNAPSHOT: Snapshot = {
  at: NOON,
  targets: TARGETS,
  tokens: [
    {
      app: 'plm',
      requestsTotal: 72,
      failuresByCode: { AADSTS90033: 1 },
      expiresAt: NOON + 50 * MINUTE,
      claims: {
        audience: 'https://outlook.office365.com',
        roles: ['IMAP.AccessAsApp', 'POP.AccessAsApp'],
        objectId: '99999999-0000-1111-2222-333333333333',
        expiresAt: NOON + 50 * MINUTE,
      },
      clockSkewSeconds: 0.4,
    },
    {
      app: 'crm',
      requestsTotal: 97,
      failuresByCode: { AADSTS7000222: 25, 'HTTP 503': 1, 'no "such" code': 2 },
      lastFailure: { failure: EXPIRED.token, at: NOON - MINUTE },
    },
  ],
  problems: [
    problem(ENDS_SOON, NOON - DAY, []),
    problem(SECRET_EXPIRED, NOON - 2 * HOUR, ['sales', 'support']),
    problem(NO_POP, NOON - 40 * DAY, ['applications']),
  ],
};

export const CREDENTIALS: readonly CredentialStatus[] = [
  {
    app: 'plm',
    kind: 'secret',
    endDates: [
      { source: 'graph', expiresAt: NOON + 29 * DAY, credential: 'aaaaaaaa-0000-0000-0000-000000000001' },
      { source: 'configuration', expiresAt: NOON + 30 * DAY, credential: 'configured' },
    ],
    registered: [
      {
        kind: 'secret',
        keyId: 'aaaaaaaa-0000-0000-0000-000000000001',
        displayName: 'mailprobe',
        hint: 'abc',
        expiresAt: NOON + 29 * DAY,
      },
    ],
    match: 'matched',
    matchedKeyId: 'aaaaaaaa-0000-0000-0000-000000000001',
    valid: true,
    lastCheck: NOON - 20 * MINUTE,
    lastSuccess: NOON - 20 * MINUTE,
  },
  {
    app: 'crm',
    kind: 'secret',
    endDates: [],
    registered: [],
    match: 'unknown',
    valid: false,
    lastCheck: NOON - 20 * MINUTE,
    refusal: EXPIRED.token,
  },
];

/** Nothing has happened yet, and nothing is announced. */
const NO_PAST: Pick<ReportSource, 'past' | 'maintenance' | 'incidents'> = {
  past: {
    incidents: async () => await Promise.resolve({ items: [] }),
    incident: async () => await Promise.resolve(undefined),
    history: async () => await Promise.resolve([]),
    conditions: async () => await Promise.resolve([]),
    availability: async () => await Promise.resolve([]),
    acknowledge: async () => await Promise.resolve(undefined),
    unacknowledge: async () => await Promise.resolve(undefined),
  },
  maintenance: {
    inForce: () => [],
    upcoming: () => [],
    announce: async (window) => await Promise.resolve({ id: 'announced', ...window }),
    end: async () => await Promise.resolve(undefined),
  },
  incidents: { all: () => [], counts: () => [] },
};

/** The fleet, with overrides. */
export function aSource(overrides: Partial<ReportSource> = {}): ReportSource {
  return {
    snapshot: () => SNAPSHOT,
    credentials: () => CREDENTIALS,
    apps: () => APPS,
    traceNow: async () => [],
    probeNow: async (id) => SNAPSHOT.targets.filter(({ target }) => target.mailbox.id === id),
    explain: async () =>
      await Promise.resolve({ diagnoses: [SECRET_EXPIRED], writtenBy: 'mbsync', wouldHelp: [] }),
    ...NO_PAST,
    notifications: () => [],
    store: () => ({ up: true, pending: 0 }),
    replicas: () => [
      { id: 'r1', name: 'a', apps: APPS.map(({ id }) => id), isSelf: true, isAlike: true, asOf: NOON },
    ],
    externalUrl: () => undefined,
    ready: () => true,
    tokenFailureCause,
    schedulerLagSeconds: () => 0.002,
    probeLimits: () => ({
      total: { needed: 12.5, cap: 50 },
      apps: new Map([
        ['plm', { needed: 12, cap: 18 }],
        ['qms', { needed: 0.5, cap: 10 }],
      ]),
    }),
    config: () => ({ loadedAt: NOON - 5 * DAY, lastReloadSuccessful: true }),
    build: { version: '1.2.3', revision: 'abc1234', nodeVersion: '24.21.0' },
    ...overrides,
  };
}

export function aServer(
  source: ReportSource = aSource(),
  options: Partial<HttpOptions> = {},
  redactor: Redactor = createRedactor(),
) {
  return createHttpServer(source, { metrics: createMetrics(source), redactor, ...options });
}
