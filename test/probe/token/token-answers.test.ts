import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { TokenOutcome } from '../../../src/probe/token/token-source.ts';
import { type FakeAnswer, fakeToken, granted, refused } from '../../fakes/fake-token-endpoint.ts';
import { createTokenFixture, MAIL_SCOPE, SECRET, type TokenFixture } from './token-fixture.ts';

/** Every answer that a token endpoint, or what stands before it, was seen to give. */
let fixture: TokenFixture;

beforeAll(async () => {
  fixture = await createTokenFixture();
});
afterEach(() => void vi.useRealTimers());
afterAll(async () => {
  await fixture.endpoint.close();
});

async function ask(answer: FakeAnswer): Promise<TokenOutcome> {
  fixture.endpoint.answerWith(answer);
  const { tokens } = fixture.cache();
  const outcome = await tokens.acquire(fixture.app(), MAIL_SCOPE, fixture.never);
  tokens.close();
  return outcome;
}

const EXPIRED =
  "The provided client secret keys for app '66666666-7777-8888-9999-000000000000' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.";
const INVALID =
  "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '66666666-7777-8888-9999-000000000000'.";
const NOT_FOUND =
  "Application with identifier '66666666-7777-8888-9999-000000000000' was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.";
const HTML = { 'content-type': 'text/html; charset=utf-8' };
const JSON_TYPE = { 'content-type': 'application/json' };

const ENTRA_REFUSALS: readonly (readonly [number, string, number, string, string])[] = [
  [401, 'invalid_client', 7000222, EXPIRED, 'rejected'],
  [401, 'invalid_client', 7000215, INVALID, 'rejected'],
  [400, 'unauthorized_client', 700016, NOT_FOUND, 'rejected'],
  [400, 'invalid_request', 90002, "Tenant 'contoso.example' not found.", 'rejected'],
  [400, 'unauthorized_client', 7000112, "Application '6666'(plm) is disabled.", 'rejected'],
  [
    400,
    'invalid_request',
    900382,
    'Confidential Client is not supported in Cross Cloud request.',
    'rejected',
  ],
  [400, 'invalid_grant', 53003, 'Access has been blocked by Conditional Access policies.', 'rejected'],
  [503, 'temporarily_unavailable', 90033, 'A transient error has occurred. Please try again.', 'rejected'],
  [
    400,
    'invalid_grant',
    50196,
    'The server terminated an operation because it encountered a client request loop.',
    'throttled',
  ],
  [
    429,
    'temporarily_unavailable',
    90055,
    'The request was throttled because of too many requests.',
    'throttled',
  ],
  [429, 'invalid_client', 7000215, INVALID, 'throttled'],
];

test.each(ENTRA_REFUSALS)(
  'HTTP %i %s %i: the code and the text are kept',
  async (status, error, code, words, kind) => {
    const outcome = await ask(refused(status, error, code, words));
    expect(outcome).toMatchObject({
      ok: false,
      failure: { kind, code: `AADSTS${code}`, status: String(status) },
      facts: {
        source: 'fetched',
        endpoint: `${fixture.endpoint.url}/11111111-2222-3333-4444-555555555555/oauth2/v2.0/token`,
        httpStatus: status,
        error,
        errorCodes: [code],
        traceId: '5b2f3b0a-8d53-4a5c-9d7f-3c4f6f1f0e00',
        correlationId: '0f7b1a66-58cf-4a62-a7b4-0c2f2a3d9d11',
        contentType: 'application/json; charset=utf-8',
        clockSkewSeconds: expect.any(Number),
        secretShape: { length: SECRET.length, looksLike: expect.any(String) },
        certificate: { subject: expect.stringContaining('127.0.0.1') },
      },
    });
    expect(outcome.ok ? '' : outcome.failure.text).toContain(`AADSTS${code}: ${words.slice(0, 200)}`);
  },
);

const REFUSALS: readonly (readonly [string, FakeAnswer, object])[] = [
  [
    'an old answer with two codes and line ends is reported by the specific code',
    {
      status: 401,
      body: {
        error: 'invalid_client',
        error_description:
          'AADSTS70002: Error validating credentials.\r\nAADSTS50012: Invalid client secret is provided.\r\nTrace ID: 5b2f3b0a\r\nCorrelation ID: 0f7b1a66\r\nTimestamp: 2018-01-05 10:20:30Z',
        error_codes: [70002, 50012],
      },
    },
    {
      kind: 'rejected',
      code: 'AADSTS50012',
      status: '401',
      text: 'AADSTS70002: Error validating credentials. AADSTS50012: Invalid client secret is provided. Trace ID: 5b2f3b0a Correlation ID: 0f7b1a66 Timestamp: 2018-01-05 10:20:30Z',
    },
  ],
  [
    'the order of two codes does not matter',
    { status: 401, body: { error: 'invalid_client', error_codes: [50012, 70002] } },
    { kind: 'rejected', code: 'AADSTS50012' },
  ],
  [
    'without error_codes the description holds the code',
    {
      status: 400,
      body: { error: 'invalid_request', error_description: 'AADSTS900144: The request body must contain' },
    },
    { kind: 'rejected', code: 'AADSTS900144' },
  ],
  [
    'where only the description holds the specific code, it is used',
    {
      status: 400,
      body: { error: 'x', error_codes: [70002], error_description: 'AADSTS70002: a AADSTS50012: b' },
    },
    { kind: 'rejected', code: 'AADSTS50012' },
  ],
  [
    'codes as text are codes',
    { status: 400, body: { error: 'invalid_request', error_codes: ['90002'] } },
    { kind: 'rejected', code: 'AADSTS90002' },
  ],
  [
    "another provider's answer has OAuth's error as its code",
    { status: 401, body: { error: 'invalid_client', error_description: 'client authentication failed' } },
    { kind: 'rejected', code: 'invalid_client', status: '401', text: 'client authentication failed' },
  ],
  [
    'an error with status 200 is a refusal',
    { status: 200, body: { error: 'invalid_client', access_token: 'x' } },
    { kind: 'rejected', code: 'invalid_client', status: '200' },
  ],
  [
    'members of other types are not read',
    { status: 400, body: { error: 7, error_description: [], error_codes: 'AADSTS1', trace_id: {} } },
    { kind: 'http', status: '400' },
  ],
  [
    'a 429 of a front end is plain text, and its Retry-After counts',
    {
      status: 429,
      headers: { 'retry-after': '60', 'content-type': 'text/plain' },
      body: 'Too Many Requests',
    },
    {
      kind: 'throttled',
      status: '429',
      text: 'HTTP 429, text/plain: Too Many Requests',
      retryAfterSeconds: 60,
    },
  ],
  [
    'a 503 in HTML is not OAuth',
    {
      status: 503,
      headers: { ...HTML, 'retry-after': '7' },
      body: '<html><head><title>Service Unavailable</title></head><body><h2>Service Unavailable</h2><hr><p>HTTP Error 503.</p></body></html>',
    },
    {
      kind: 'http',
      status: '503',
      text: 'HTTP 503, text/html; charset=utf-8: Service Unavailable Service Unavailable HTTP Error 503.',
      retryAfterSeconds: 7,
    },
  ],
  [
    'a proxy that requires a password',
    {
      status: 407,
      headers: { ...HTML, via: '1.1 squid (squid/5.7)' },
      body: '<style>p{}</style><p>Cache Access Denied</p>',
    },
    { kind: 'http', status: '407', text: 'HTTP 407, text/html; charset=utf-8: Cache Access Denied' },
  ],
  [
    "a filter's page",
    {
      status: 403,
      headers: { ...HTML, server: 'Zscaler/6.2' },
      body: '<!DOCTYPE html><script>track("<p>no</p>")</script><h1>Access to this site is blocked</h1>',
    },
    {
      kind: 'http',
      status: '403',
      text: 'HTTP 403, text/html; charset=utf-8: Access to this site is blocked',
    },
  ],
  [
    'a portal that redirects is not followed',
    { status: 302, headers: { location: 'https://portal.example/login?session=123' } },
    {
      kind: 'http',
      status: '302',
      text: 'HTTP 302, no content type, redirects to https://portal.example/login: (empty)',
    },
  ],
  [
    "a portal's page with status 200",
    { headers: HTML, body: '<title>Welcome to the guest network</title>' },
    { kind: 'http', status: '200', text: 'HTTP 200, text/html; charset=utf-8: Welcome to the guest network' },
  ],
  [
    'JSON with a byte order mark is JSON all the same',
    { headers: JSON_TYPE, body: `\uFEFF${JSON.stringify({ error: 'invalid_client' })}` },
    { kind: 'rejected', code: 'invalid_client' },
  ],
  [
    'a token in what is no JSON is not shown: a form',
    { headers: { 'content-type': 'text/plain' }, body: 'access_token=an-opaque-token&token_type=bearer' },
    { kind: 'http', status: '200', text: 'HTTP 200, text/plain: (it mentions an access token: not shown)' },
  ],
  [
    'a token in what is no JSON is not shown: UTF-16',
    { headers: JSON_TYPE, body: '{"access_token":"an-opaque-token"}'.split('').join('\0') },
    {
      kind: 'http',
      status: '200',
      text: 'HTTP 200, application/json: (it mentions an access token: not shown)',
    },
  ],
  [
    'an encoding that was not requested',
    { headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: '\u001F\u008B an-opaque-token' },
    {
      kind: 'http',
      status: '200',
      text: 'HTTP 200, application/json: (encoded as gzip, which was not requested)',
    },
  ],
  [
    'an empty answer with status 200',
    {},
    { kind: 'http', status: '200', text: 'HTTP 200, no content type: (empty)' },
  ],
  [
    'an empty answer with status 502',
    { status: 502 },
    { kind: 'http', status: '502', text: 'HTTP 502, no content type: (empty)' },
  ],
  [
    'JSON that breaks off',
    { headers: JSON_TYPE, body: '{"access_token":"abc' },
    { kind: 'http', status: '200' },
  ],
  ['JSON that is a list', { headers: JSON_TYPE, body: '[]' }, { kind: 'http', status: '200' }],
  ['JSON that is null', { headers: JSON_TYPE, body: 'null' }, { kind: 'http', status: '200' }],
  [
    "another API's error",
    { status: 401, body: { error: { code: 'InvalidAuthenticationToken', message: 'no' } } },
    { kind: 'http', status: '401' },
  ],
  [
    '200 {}: no token',
    { body: {} },
    {
      kind: 'http',
      code: 'empty-token',
      status: '200',
      text: 'Expected an access token, got JSON without one; its members: none.',
    },
  ],
  ['500 {}: no token', { status: 500, body: {} }, { kind: 'http', status: '500' }],
  ['an empty token', granted(''), { kind: 'http', code: 'empty-token' }],
  [
    'a token that is no text',
    { body: { token_type: 'Bearer', access_token: 17 } },
    { kind: 'http', code: 'malformed-token' },
  ],
  ['a token with a line end in it', granted('abc\r\nX: y'), { kind: 'http', code: 'malformed-token' }],
  [
    'a token that is longer than any command line',
    granted('x'.repeat(20_000)),
    {
      kind: 'http',
      code: 'token-too-long',
      text: 'The access token has 20000 characters. Expected about 2,000, and at most 16384.',
    },
  ],
  [
    'a token of another type',
    { body: { token_type: 'pop', access_token: fakeToken(), expires_in: 3599 } },
    { kind: 'http', code: 'token-type', text: 'Expected a token of type Bearer, got token_type "pop".' },
  ],
  ['an answer that does not end', { body: 'x'.repeat(600_000) }, { kind: 'protocol' }],
  [
    'a huge description is bounded',
    { status: 400, body: { error: 'x', error_description: 'y'.repeat(100_000) } },
    { kind: 'rejected', text: `${'y'.repeat(499)}…` },
  ],
  ['silence until the time is over', { fault: 'hang' }, { kind: 'timeout' }],
  ['an orderly close instead of an answer', { fault: 'close' }, { kind: 'closed' }],
  ['a reset instead of an answer', { fault: 'reset' }, { kind: 'reset' }],
  ['half an answer', { ...granted(fakeToken()), fault: 'half' }, { ok: false }],
];

test.each(REFUSALS)('%s', async (_, answer, expected) => {
  const hangs = 'fault' in answer && answer.fault === 'hang';
  fixture.endpoint.answerWith(answer);
  const { tokens } = fixture.cache();
  const app = fixture.app(hangs ? { timeoutMs: 300 } : {});
  const outcome = await tokens.acquire(app, MAIL_SCOPE, fixture.never);
  tokens.close();
  if (outcome.ok) throw new Error('a token was taken from this answer');
  expect({ ok: outcome.ok, ...outcome.failure }).toMatchObject(expected);
  expect(outcome.failure.text).not.toBe('');
});

test('an answer that ends too early, and silence, stop at http', async () => {
  const outcome = await ask({ fault: 'close' });
  expect(outcome.facts).toMatchObject({ stoppedAt: 'http', source: 'fetched' });
});

test('a server that answered instead of Entra is named', async () => {
  const outcome = await ask({ status: 403, headers: { server: 'BlueCoat', via: '1.1 proxy.example' } });
  expect(outcome.facts.answeredBy).toBe('BlueCoat, 1.1 proxy.example');
});

test("without a correlation id in the answer, the request's own is kept", async () => {
  const outcome = await ask({ status: 429, body: 'Too Many Requests' });
  const sent = fixture.endpoint.requests.at(-1)?.form.get('client-request-id');
  expect(outcome.facts.correlationId).toBe(sent);
  expect(sent).toMatch(/^[0-9a-f-]{36}$/);
});

test.each([
  ['a plain number', 3599, 100_900, 3599],
  ['a number as text', '3599', 100_900, 3599],
  ['28 hours', 100_800, 100_900, 100_800],
  ['longer than the claim exp: by that', 3599, 1800, 1800],
  ['zero: by the claim exp', 0, 1800, 1800],
  ['a negative number: by the claim exp', -5, 1800, 1800],
  ['a year: by the claim exp', 31_536_000, 1800, 1800],
  ['words: by the claim exp', 'soon', 1800, 1800],
  ['absent: by the claim exp', null, 1800, 1800],
  ['an hour, of a token that has ended', 3599, -60, 0],
])('the lifetime where expires_in is %s', async (_, expiresIn, left, seconds) => {
  const exp = Math.floor(Date.now() / 1000) + left;
  const before = Date.now();
  const outcome = await ask(granted(fakeToken({ exp }), expiresIn));
  const lifetime = ((outcome.facts.expiresAt ?? 0) - before) / 1000;
  expect(outcome.ok).toBe(true);
  expect(Math.abs(lifetime - seconds)).toBeLessThan(10);
});

test('an opaque token without expires_in is kept for five minutes', async () => {
  const before = Date.now();
  const outcome = await ask({ body: { access_token: 'opaque', token_type: 'bearer' } });
  expect(outcome).toMatchObject({ ok: true, claims: {} });
  expect(Math.abs((outcome.facts.expiresAt ?? 0) - before - 300_000)).toBeLessThan(10_000);
});

test('a clock that is off is measured on every answer', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const date = new Date(Date.now() - 7200_000).toUTCString();
  const outcome = await ask({ ...refused(401, 'invalid_client', 700024, 'too early'), headers: { date } });
  expect(Math.abs((outcome.facts.clockSkewSeconds ?? 0) - 7200)).toBeLessThanOrEqual(1);
});

test('a Retry-After as a date counts from the time of the server, not from ours', async () => {
  const server = Date.now() - 7200_000;
  const headers = {
    date: new Date(server).toUTCString(),
    'retry-after': new Date(server + 120_000).toUTCString(),
  };
  const outcome = await ask({ status: 429, headers, body: 'Too Many Requests' });
  const seconds = outcome.ok ? 0 : (outcome.failure.retryAfterSeconds ?? 0);
  expect(Math.abs(seconds - 120)).toBeLessThan(5);
});
