import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createRedactor } from '../../../src/model/redactor.ts';
import { Secret } from '../../../src/model/secret.ts';
import type { App } from '../../../src/model/target.ts';
import { createDeadline } from '../../../src/probe/deadline.ts';
import type { SendHttps } from '../../../src/probe/token/msal-post.ts';
import { createTokenCache } from '../../../src/probe/token/token-cache.ts';
import type { TokenOutcome } from '../../../src/probe/token/token-source.ts';
import { fakeToken, granted } from '../../fakes/fake-token-endpoint.ts';
import { createTokenFixture, MAIL_SCOPE, type TokenFixture } from './token-fixture.ts';
import { readFile } from '../../support/files.ts';
import { freePorts } from '../../support/free-ports.ts';
import { hostOf, listen } from '../../support/listener.ts';

/** Where the token leg goes, whom it trusts, and at which stage of its connection it stops. */
let fixture: TokenFixture;

beforeAll(async () => {
  fixture = await createTokenFixture();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});
afterAll(async () => {
  await fixture.endpoint.close();
});

/** Of an app whose server never answers. The time until then passes when a test says so. */
const TIMEOUT_MS = 100_000;
/** What of it a token request may take. */
const REQUEST_MS = 90_000;

async function ask(app: App): Promise<TokenOutcome> {
  const { tokens } = fixture.cache();
  const outcome = await tokens.acquire(app, MAIL_SCOPE, fixture.never);
  tokens.close();
  return outcome;
}

describe('the connection', () => {
  test('a private authority is trusted where it is configured', async () => {
    fixture.endpoint.answerWith(granted(fakeToken()));
    const outcome = await ask(fixture.app());
    expect(outcome).toMatchObject({
      ok: true,
      facts: { certificate: { issuer: expect.stringContaining('token test authority') } },
    });
  });

  test('without it nothing is sent, and the certificate that was presented is told', async () => {
    fixture.endpoint.forget();
    const outcome = await ask(fixture.app({ network: {} }));
    expect(outcome).toMatchObject({
      ok: false,
      failure: { kind: 'untrusted' },
      facts: {
        stoppedAt: 'tls',
        certificate: { issuer: expect.stringContaining('token test authority') },
      },
    });
    expect(fixture.endpoint.requests).toHaveLength(0);
  });

  test('a host that does not exist stops at dns', async () => {
    const outcome = await ask(fixture.app({ authority: 'https://login.invalid' }));
    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'dns' }, facts: { stoppedAt: 'dns' } });
  });

  test('a port where nobody listens stops at connect', async () => {
    const [port = 0] = await freePorts(1);
    const outcome = await ask(fixture.app({ authority: `https://127.0.0.1:${port}` }));
    expect(outcome).toMatchObject({
      ok: false,
      failure: { kind: 'refused', code: 'ECONNREFUSED' },
      facts: { stoppedAt: 'connect' },
    });
  });

  test('a server that never begins TLS stops there, before the probes that wait give up', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    // A client that says hello has begun TLS.
    const silent = await listen((socket) => {
      socket.once('data', () => void vi.advanceTimersByTime(REQUEST_MS));
    });
    const { tokens } = fixture.cache();
    const app = fixture.app({ authority: `https://${hostOf(silent)}`, timeoutMs: TIMEOUT_MS });
    const probe = createDeadline(TIMEOUT_MS, fixture.never);
    const outcome = await tokens.acquire(app, MAIL_SCOPE, probe.signal);
    expect(probe.signal.aborted).toBe(false);
    probe.cancel();
    tokens.close();
    await silent.close();
    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'timeout' }, facts: { stoppedAt: 'tls' } });
  });

  test('a secret that cannot be had in time is named, and no host is blamed', async () => {
    const tokens = createTokenCache({
      redactor: createRedactor(),
      readSecret: () => new Promise(() => {}),
      readFile,
    });
    const credential = { kind: 'secret', source: { from: 'file', path: '/mnt/plm' } } as const;
    const outcome = await tokens.acquire(
      fixture.app({ timeoutMs: 50, credential }),
      MAIL_SCOPE,
      fixture.never,
    );
    tokens.close();
    expect(outcome).toMatchObject({
      ok: false,
      failure: {
        kind: 'credential',
        code: 'file-slow',
        text: 'The credential was not read in time: /mnt/plm did not answer before the deadline. Check its file system.',
      },
    });
  });
});

test('a request that ran out of time while this process stood still says so to all who share it', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const silent = await listen((socket) => {
    socket.once('data', () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      vi.advanceTimersByTime(REQUEST_MS);
    });
  });
  const tokens = createTokenCache({
    redactor: createRedactor(),
    readSecret: async () => await Promise.resolve(new Secret('present')),
    readFile,
  });
  const app = fixture.app({ timeoutMs: TIMEOUT_MS, authority: `https://${hostOf(silent)}` });
  const both = [1, 2].map(async () => await tokens.acquire(app, MAIL_SCOPE, fixture.never));
  const failure = { kind: 'timeout', code: 'standstill' };
  expect(await Promise.all(both)).toMatchObject([
    { ok: false, failure },
    { ok: false, failure },
  ]);
  tokens.close();
  await silent.close();
});

describe('the request', () => {
  const TENANT = '11111111-2222-3333-4444-555555555555';

  /** What would be sent, and to whom; nothing leaves. */
  async function sentFor(changes: Partial<App>): Promise<{ urls: readonly string[]; outcome: TokenOutcome }> {
    const urls: string[] = [];
    const send: SendHttps = async ({ url, method }) => {
      urls.push(`${method} ${url.origin}${url.pathname}`);
      return {
        outcome: 'failed',
        stoppedAt: 'dns',
        failure: { kind: 'dns', text: 'no network' },
        seconds: 0,
      };
    };
    const tokens = createTokenCache({
      redactor: createRedactor(),
      readSecret: async () => new Secret('a secret of this test'),
      readFile,
      send,
    });
    const outcome = await tokens.acquire(fixture.app(changes), MAIL_SCOPE, fixture.never);
    tokens.close();
    return { urls, outcome };
  }

  test.each([
    ['global', 'https://login.microsoftonline.com', TENANT],
    ['gcc-high and dod', 'https://login.microsoftonline.us', TENANT],
    ['china', 'https://login.chinacloudapi.cn', TENANT],
    ['china, by its other name', 'https://login.partner.microsoftonline.cn', TENANT],
    ['a sandbox', 'https://127.0.0.1:4433', TENANT],
    ['an IPv6 address', 'https://[::1]:4433', TENANT],
    ['a tenant by its domain', 'https://login.microsoftonline.com', 'contoso.example'],
    ['a tenant by its domain in capitals', 'https://login.microsoftonline.com', 'Contoso.example'],
  ])('%s: one POST to the configured authority, and nothing else', async (_, authority, tenant) => {
    vi.stubEnv('MSAL_FORCE_REGION', 'westeurope');
    const { urls } = await sentFor({ authority, tenant });
    expect(urls).toEqual([`POST ${authority}/${tenant}/oauth2/v2.0/token`]);
  });

  test('a tenant that is no tenant cannot lead elsewhere', async () => {
    const { urls } = await sentFor({ tenant: '../../evil?x=#' });
    expect(urls.every((url) => url.startsWith(`POST ${fixture.endpoint.url}/`))).toBe(true);
    expect(urls.every((url) => url.endsWith('/oauth2/v2.0/token'))).toBe(true);
  });

  test('what msal will not send is told by its code', async () => {
    const { urls, outcome } = await sentFor({ tenant: 'common' });
    expect(urls).toEqual([]);
    expect(outcome).toMatchObject({
      ok: false,
      failure: { kind: 'unexpected', code: 'missing_tenant_id_error' },
    });
  });

  test('a collaborator that rejects is a bug, and the source still does not reject', async () => {
    const tokens = createTokenCache({
      redactor: createRedactor(),
      readSecret: async () => new Secret('a secret of this test'),
      readFile,
      send: () => {
        throw new TypeError('the secret is hunter2');
      },
    });
    const outcome = await tokens.acquire(fixture.app(), MAIL_SCOPE, fixture.never);
    tokens.close();
    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'unexpected' } });
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  });
});
