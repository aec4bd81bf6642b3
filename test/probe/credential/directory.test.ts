import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createRedactor } from '../../../src/model/redactor.ts';
import { Secret } from '../../../src/model/secret.ts';
import type { App } from '../../../src/model/target.ts';
import {
  type CredentialStore,
  createCredentialStore,
} from '../../../src/probe/credential/credential-store.ts';
import type { HttpsAnswer, HttpsRequest } from '../../../src/probe/network/https-request.ts';
import { sendHttpsRequest } from '../../../src/probe/network/https-request.ts';
import { createTokenCache } from '../../../src/probe/token/token-cache.ts';
import type { TokenCache } from '../../../src/probe/token/token-source.ts';
import { applicationOf } from '../../../src/sandbox/directory.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { applyScenario } from '../../../src/sandbox/scenarios.ts';
import { createSecret, daysFromNow } from '../../../src/sandbox/tenant-builder.ts';
import type { Tenant } from '../../../src/sandbox/tenant.ts';
import { anApp } from '../../support/builders.ts';
import { readFile } from '../../support/files.ts';

/** What is read of an app from the sandbox's Graph, and what becomes of a Graph that does not answer as it should. */
const SIX_HOURS = 6 * 3_600_000;
const never = new AbortController().signal;

let sandbox: Sandbox;
let tokens: TokenCache;
let store: CredentialStore;
let app: App;
let configured: string;
let send: (request: HttpsRequest) => Promise<HttpsAnswer>;

beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(async () => await sandbox.close());

beforeEach(() => {
  sandbox.reset();
  const [application] = sandbox.tenant.applications;
  configured = application?.secrets[0]?.value ?? '';
  app = anApp({
    tenant: sandbox.tenant.id,
    clientId: application?.appId ?? '',
    authority: sandbox.authority,
    graphEndpoint: sandbox.graphEndpoint,
    network: { ca: sandbox.ca },
    graph: true,
    timeoutMs: 120_000,
  });
  send = sendHttpsRequest;
  const readers = { readSecret: async () => new Secret(configured), readFile, redactor: createRedactor() };
  tokens = createTokenCache({
    ...readers,
    onAnswer: (one, scope, outcome) => void store.observe(one, scope, outcome),
  });
  store = createCredentialStore({ ...readers, tokens, send: (request) => send(request) });
  store.update([app]);
});
afterEach(() => {
  vi.useRealTimers();
  tokens.close();
});

const describeApp = async (maxAgeMs = 0, changes: Partial<App> = {}) => {
  app = { ...app, ...changes };
  store.update([app]);
  await store.describe(app, maxAgeMs, never);
  return store.statusOf(app.id);
};
const own = (tenant: Tenant) => applicationOf(tenant, app.clientId);
const askedOfGraph = (): number => sandbox.requests().graph;

/** The deadline passes once Graph has the request, and no sooner: the way there, and its token, may take long. */
function expireAtGraph(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const asked = askedOfGraph();
  send = async (request) => {
    const answer = sendHttpsRequest(request);
    while (askedOfGraph() === asked) await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(app.timeoutMs);
    return await answer;
  };
}

describe('a healthy app', () => {
  test('is known with its credentials, its ids and its permissions by name', async () => {
    const [application] = sandbox.tenant.applications;
    const [principal] = sandbox.tenant.servicePrincipals;
    expect(await describeApp()).toMatchObject({
      match: 'matched',
      matchedKeyId: application?.secrets[0]?.keyId,
      registered: [{ kind: 'secret', hint: configured.slice(0, 3), displayName: 'mailprobe' }],
      endDates: [{ source: 'graph', expiresAt: Date.parse(application?.secrets[0]?.endDateTime ?? '') }],
      registration: {
        applicationObjectId: application?.objectId,
        servicePrincipalId: principal?.id,
        servicePrincipalEnabled: true,
        requestedRoles: ['IMAP.AccessAsApp', 'POP.AccessAsApp'],
        requestedScopes: [],
        grantedRoles: ['IMAP.AccessAsApp', 'POP.AccessAsApp', 'Application.Read.All', 'User.Read.All'],
      },
    });
    expect(store.statusOf(app.id)).not.toHaveProperty('graphFailure');
  });

  test('is not read again before its time', async () => {
    await describeApp();
    const asked = askedOfGraph();
    await describeApp(SIX_HOURS);
    expect(askedOfGraph()).toBe(asked);
    await describeApp(0);
    expect(askedOfGraph()).toBeGreaterThan(asked);
  });

  test('that may not be read is described without Graph', async () => {
    const asked = askedOfGraph();
    const status = await describeApp(0, {
      graph: false,
      credential: { ...app.credential, expiresAt: Date.UTC(2027, 2, 1) },
    });
    expect(status).toMatchObject({
      match: 'unknown',
      endDates: [{ source: 'configuration', credential: 'configured', expiresAt: Date.UTC(2027, 2, 1) }],
    });
    expect(askedOfGraph()).toBe(asked);
  });

  test('with its permissions on three pages is known whole', async () => {
    sandbox.change((tenant) => (tenant.pageSize = 1));
    expect((await describeApp())?.registration?.grantedRoles).toHaveLength(4);
  });
});

describe('the policy of the tenant', () => {
  const POLICY = '77777777-0000-4000-8000-000000000007';
  const OTHER = '88888888-0000-4000-8000-000000000008';
  const allow = (tenant: Tenant): void => {
    for (const principal of tenant.servicePrincipals) principal.grantedRoles.push('Policy.Read.All');
  };
  const policyOf = async () => (await describeApp())?.registration?.policy;
  const silencePolicies = (): void => {
    send = async (request) =>
      /policies/i.test(request.url.pathname)
        ? {
            outcome: 'failed',
            failure: { kind: 'timeout', text: 'The time limit ended.' },
            stoppedAt: 'http',
            seconds: 0,
          }
        : await sendHttpsRequest(request);
  };

  test('is not asked for without the permission', async () => {
    sandbox.change((tenant) => (tenant.secretPolicy = { id: POLICY, blocked: true }));
    const asked = askedOfGraph();
    expect(await policyOf()).toBeUndefined();
    expect(askedOfGraph()).toBe(asked + 4);
    expect(store.statusOf(app.id)).not.toHaveProperty('graphFailure');
  });

  test('is none where nothing is restricted', async () => {
    sandbox.change(allow);
    expect(await policyOf()).toBeUndefined();
    expect(store.statusOf(app.id)).not.toHaveProperty('graphFailure');
  });

  test('is the default one of the tenant', async () => {
    sandbox.change((tenant) => {
      allow(tenant);
      tenant.secretPolicy = {
        id: POLICY,
        blocked: false,
        maxLifetimeDays: 90,
        certificateMaxLifetimeDays: 200,
      };
    });
    expect(await policyOf()).toEqual({
      name: 'Default app management tenant policy',
      forbidsSecrets: false,
      longestSecretMs: 90 * 86_400_000,
      longestCertificateMs: 200 * 86_400_000,
    });
  });

  test('is the one that is assigned to this app, and not the one of another', async () => {
    sandbox.change((tenant) => {
      allow(tenant);
      tenant.secretPolicy = { id: POLICY, blocked: true, assignedTo: app.clientId };
    });
    expect(await policyOf()).toMatchObject({ name: 'Mail applications', forbidsSecrets: true });
    sandbox.change((tenant) => (tenant.secretPolicy = { id: POLICY, blocked: true, assignedTo: OTHER }));
    expect(await policyOf()).toBeUndefined();
  });

  test('is no longer known when the permission is taken away, and nothing is said of it', async () => {
    sandbox.change((tenant) => {
      allow(tenant);
      tenant.secretPolicy = { id: POLICY, blocked: true };
    });
    expect(await policyOf()).toBeDefined();
    sandbox.change((tenant) => {
      for (const each of tenant.servicePrincipals)
        each.grantedRoles = each.grantedRoles.filter((role) => role !== 'Policy.Read.All');
    });
    expect(await policyOf()).toBeUndefined();
    expect(store.statusOf(app.id)).not.toHaveProperty('graphFailure');
  });

  test('is kept while Graph does not answer for it', async () => {
    sandbox.change((tenant) => {
      allow(tenant);
      tenant.secretPolicy = { id: POLICY, blocked: true };
    });
    expect(await policyOf()).toBeDefined();
    silencePolicies();
    expect(await policyOf()).toBeDefined();
    expect(store.statusOf(app.id)).toHaveProperty('graphFailure.kind', 'timeout');
  });

  test('leaves what was read before it, where Graph does not answer for it', async () => {
    const enable = (enabled: boolean): void =>
      sandbox.change((tenant) => {
        for (const principal of tenant.servicePrincipals) principal.enabled = enabled;
      });
    sandbox.change(allow);
    await tokens.acquire(app, app.graphScope, never);
    enable(false);
    silencePolicies();
    const first = await describeApp();
    expect(first).toHaveProperty('graphFailure.kind', 'timeout');
    expect(first).toHaveProperty('registration.servicePrincipalEnabled', false);
    enable(true);
    expect(await describeApp()).toHaveProperty('registration.servicePrincipalEnabled', true);
  });
});

describe('which of the registered ones', () => {
  test('the old one during a rotation, next to the new one', async () => {
    sandbox.change((tenant) => {
      for (const secret of own(tenant).secrets) secret.endDateTime = daysFromNow(5);
      own(tenant).secrets.push(createSecret('new', { endDateTime: daysFromNow(180) }));
    });
    const status = await describeApp();
    expect(status).toMatchObject({ match: 'matched', registered: [{}, { displayName: 'new' }] });
    expect(status?.endDates.map(({ credential }) => credential)).toEqual(
      own(sandbox.tenant).secrets.map(({ keyId }) => keyId),
    );
  });

  test('none of them, while Graph still takes the token in hand', async () => {
    await tokens.acquire(app, app.graphScope, never);
    sandbox.change((tenant) => {
      own(tenant).secrets = [createSecret('other', { value: '~~~8Q~else' })];
    });
    expect((await describeApp())?.match).toBe('none');
  });

  test('its id instead of its value', async () => {
    await tokens.acquire(app, app.graphScope, never);
    configured = own(sandbox.tenant).secrets[0]?.keyId ?? '';
    expect((await describeApp())?.match).toBe('secret-id');
  });
});

describe('consent', () => {
  test.each([
    [
      'admin-consent-missing',
      { requestedRoles: ['IMAP.AccessAsApp', 'POP.AccessAsApp'], requestedScopes: [] },
    ],
    [
      'delegated-permission-added',
      { requestedRoles: [], requestedScopes: ['IMAP.AccessAsUser.All', 'POP.AccessAsUser.All'] },
    ],
    ['app-permission-missing', { requestedRoles: [], requestedScopes: [] }],
  ])('%s shows in what is requested and granted', async (scenario, registration) => {
    sandbox.change((tenant) => {
      applyScenario(tenant, scenario, { app: app.clientId });
    });
    expect((await describeApp())?.registration).toMatchObject({
      ...registration,
      grantedRoles: ['Application.Read.All', 'User.Read.All'],
    });
  });

  test('an enterprise application that was switched off by Microsoft', async () => {
    await tokens.acquire(app, app.graphScope, never);
    sandbox.change((tenant) => {
      for (const principal of tenant.servicePrincipals) {
        principal.disabledByMicrosoft = 'DisabledDueToViolationOfServicesAgreement';
        principal.enabled = false;
      }
    });
    expect((await describeApp())?.registration).toMatchObject({
      servicePrincipalEnabled: false,
      disabledByMicrosoft: 'DisabledDueToViolationOfServicesAgreement',
    });
  });
});

describe('a Graph that does not answer as it should', () => {
  test.each<[string, Tenant['faults']['graph'], object]>([
    ['403', { kind: 'forbidden' }, { kind: 'rejected', status: '403', code: 'Authorization_RequestDenied' }],
    [
      '429',
      { kind: 'throttled', retryAfterSeconds: 40 },
      { kind: 'throttled', status: '429', retryAfterSeconds: 40 },
    ],
    ['503', { kind: 'unavailable' }, { kind: 'rejected', status: '503', code: 'serviceNotAvailable' }],
    ['nonsense', { kind: 'nonsense' }, { kind: 'protocol', code: 'nonsense' }],
    ['pages without end', { kind: 'endless-pages' }, { kind: 'protocol', code: 'too-many-pages' }],
    ['silence', { kind: 'silent' }, { kind: 'timeout' }],
    ['a refused connection', { kind: 'refuse' }, { kind: 'refused' }],
    ['a reset', { kind: 'reset' }, { kind: 'reset' }],
    ['an untrusted certificate', { kind: 'untrusted-certificate' }, { kind: 'untrusted' }],
  ])('%s is reported as such, and affects nothing else', async (_name, fault, failure) => {
    await tokens.acquire(app, app.scope, never);
    sandbox.change((tenant) => (tenant.faults.graph = fault));
    if (fault.kind === 'silent') expireAtGraph();
    expect(await describeApp()).toMatchObject({ valid: true, graphFailure: failure });
    expect(store.statusOf(app.id)).not.toHaveProperty('registration');
  });

  test('the previous state stays, along with the failure, and the failure goes when it is over', async () => {
    await describeApp();
    sandbox.change((tenant) => (tenant.faults.graph = { kind: 'unavailable' }));
    expect(await describeApp()).toMatchObject({ match: 'matched', graphFailure: { status: '503' } });
    sandbox.change((tenant) => (tenant.faults.graph = { kind: 'healthy' }));
    expect(await describeApp()).not.toHaveProperty('graphFailure');
  });

  test('a pause that it asks for is honored', async () => {
    sandbox.change((tenant) => (tenant.faults.graph = { kind: 'throttled', retryAfterSeconds: 40 }));
    await describeApp();
    const asked = askedOfGraph();
    await describeApp(0);
    expect(askedOfGraph()).toBe(asked);
  });

  test('after a refusal it is read with a new token: the permission may have been granted since', async () => {
    sandbox.change((tenant) => {
      for (const principal of tenant.servicePrincipals) principal.grantedRoles = ['IMAP.AccessAsApp'];
    });
    expect(await describeApp()).toMatchObject({ graphFailure: { status: '403' } });
    sandbox.change((tenant) => {
      for (const principal of tenant.servicePrincipals) principal.grantedRoles = ['Application.Read.All'];
    });
    expect(await describeApp()).not.toHaveProperty('graphFailure');
  });

  test('a refused credential is not tried at Graph as well', async () => {
    configured = 'bad8Q~not-the-one-that-is-registered-here';
    await tokens.acquire(app, app.scope, never);
    const sent = sandbox.requests().token[app.clientId];
    expect(await describeApp()).toMatchObject({ valid: false });
    expect(sandbox.requests().token[app.clientId]).toBe(sent);
  });
});

describe('answers that Graph should never give', () => {
  const answerWith = (bodyOf: (path: string) => unknown): string[] => {
    const asked: string[] = [];
    send = async ({ url }) => {
      asked.push(url.href);
      const body = JSON.stringify(bodyOf(url.pathname));
      return { outcome: 'answered', status: 200, headers: {}, body, seconds: 0.01 };
    };
    return asked;
  };
  const application = {
    id: '11111111-0000-4000-8000-000000000000',
    passwordCredentials: [],
    keyCredentials: [],
  };

  test('a next page on another host is not fetched: the token would go with it', async () => {
    const asked = answerWith((path) =>
      path.endsWith('appRoleAssignments')
        ? { value: [], '@odata.nextLink': 'https://evil.example/v1.0/next' }
        : application,
    );
    expect(await describeApp()).toMatchObject({ graphFailure: { kind: 'protocol' } });
    expect(asked.filter((url) => !url.startsWith(sandbox.graphEndpoint))).toEqual([]);
  });

  test('entries of no sense are passed over', async () => {
    const keyId = 'aaaaaaaa-0000-4000-8000-000000000001';
    answerWith((path) =>
      path.endsWith('appRoleAssignments')
        ? { value: [7, null, { appRoleId: 5 }, { appRoleId: 'x', resourceId: 'y' }] }
        : {
            ...application,
            passwordCredentials: [3, null, { keyId: 'no id' }, { keyId, hint: 7, endDateTime: 'soon' }],
            keyCredentials: 'none',
            requiredResourceAccess: [{ resourceAppId: 4 }, { resourceAppId: 'a', resourceAccess: [{}, 5] }],
          },
    );
    expect(await describeApp()).toMatchObject({
      registered: [{ kind: 'secret', keyId }],
      endDates: [],
      registration: { requestedRoles: [], grantedRoles: ['y x'] },
    });
  });

  test.each([
    ['the bytes in base64', Buffer.from('ab'.repeat(20), 'hex').toString('base64')],
    ['hex digits', 'ab'.repeat(20)],
    ['hex digits in base64', Buffer.from('AB'.repeat(20)).toString('base64')],
  ])('a thumbprint as %s is read', async (_name, customKeyIdentifier) => {
    const keyId = 'aaaaaaaa-0000-4000-8000-000000000001';
    answerWith(() => ({ ...application, value: [], keyCredentials: [{ keyId, customKeyIdentifier }] }));
    expect((await describeApp())?.registered[0]).toMatchObject({ thumbprint: 'AB'.repeat(20) });
  });

  test('a secret in a name does not show', async () => {
    const displayName = `made for ${configured}`;
    const keyId = 'aaaaaaaa-0000-4000-8000-000000000001';
    answerWith(() => ({ ...application, value: [], passwordCredentials: [{ keyId, displayName }] }));
    expect(JSON.stringify(await describeApp())).not.toContain(configured);
  });
});
