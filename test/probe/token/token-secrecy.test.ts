import { inspect } from 'node:util';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createCertificateAuthority } from '../../../src/sandbox/certificates.ts';
import type { Credential } from '../../../src/model/target.ts';
import { type FakeAnswer, fakeToken, granted } from '../../fakes/fake-token-endpoint.ts';
import { createTokenFixture, MAIL_SCOPE, SECRET, type TokenFixture } from './token-fixture.ts';

/** No secret, assertion, key or token is in anything that comes out, however hostile the server. */
let fixture: TokenFixture;
let folder: string;
let certificate: Credential;
const printed: string[] = [];

beforeAll(async () => {
  fixture = await createTokenFixture();
  folder = await mkdtemp(join(tmpdir(), 'mailprobe-secrecy-'));
  const issued = await (await createCertificateAuthority('secrecy')).issue({ commonName: 'plm', names: [] });
  await writeFile(join(folder, 'cert.pem'), issued.cert);
  await writeFile(join(folder, 'key.pem'), issued.key);
  const privateKeyFile = join(folder, 'key.pem');
  certificate = { kind: 'certificate', certificateFile: join(folder, 'cert.pem'), privateKeyFile };
});
beforeEach(() => {
  printed.length = 0;
  const record = (text: unknown): boolean => printed.push(String(text)) > 0;
  vi.spyOn(process.stdout, 'write').mockImplementation(record);
  vi.spyOn(process.stderr, 'write').mockImplementation(record);
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation(record);
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  await fixture.endpoint.close();
  await rm(folder, { recursive: true });
});

/** What an attacker would look for: the value, encoded as it may travel, and parts of it. */
function traces(value: string): readonly string[] {
  const base64 = Buffer.from(value).toString('base64').slice(0, -4);
  const hex = Buffer.from(value).toString('hex');
  return [value, encodeURIComponent(value), hex, base64, value.slice(4, 28), value.slice(-24)];
}

const TOKEN = fakeToken({ appid: 'client', roles: ['IMAP.AccessAsApp'] }, 7);
const OPAQUE = 'EwBwA8l6BAAUkj1NuJYtTVha-Mogk+HEiPbQo04AAX/qm9zT7f1ab2cd3ef';
const html = { 'content-type': 'text/html' };

const ANSWERS: readonly (readonly [string, (form: URLSearchParams) => FakeAnswer])[] = [
  ['a token', () => granted(TOKEN)],
  [
    'a token whose claims are the secret',
    (form) => {
      const echo = form.get('client_secret') ?? form.get('client_assertion') ?? '';
      return granted(fakeToken({ oid: echo, roles: [echo], aud: [echo], iss: `https://${echo}` }));
    },
  ],
  ['a token of a type that is refused', () => ({ body: { access_token: TOKEN, token_type: TOKEN } })],
  ['a token as the error', () => ({ status: 400, body: { error: TOKEN, access_token: TOKEN } })],
  ['a token as the name of a member', () => ({ body: { [TOKEN]: 1 } })],
  [
    'an opaque token, and speaks of it',
    () => ({ status: 400, body: { error: 'x', error_description: `for ${OPAQUE}`, access_token: OPAQUE } }),
  ],
  [
    'the end of the secret in the description',
    (form) => {
      const echo = form.get('client_secret') ?? form.get('client_assertion') ?? '';
      return { status: 400, body: { error: 'x', error_description: `got ...${echo.slice(-30)}` } };
    },
  ],
  [
    'the request, echoed in the description',
    (form) => ({
      status: 400,
      body: { error: 'invalid_request', error_description: `got ${form.toString()}` },
    }),
  ],
  [
    'the secret, echoed in every member',
    (form) => {
      const echo = form.get('client_secret') ?? form.get('client_assertion') ?? '';
      const body = { error: echo, error_description: echo, trace_id: echo, correlation_id: echo };
      return { status: 401, body };
    },
  ],
  [
    'the secret, echoed as a page and in the headers',
    (form) => {
      const echo = form.get('client_secret') ?? form.get('client_assertion') ?? '';
      const headers = { ...html, server: echo, via: echo, location: `https://portal.example/${echo}` };
      return { status: 302, headers, body: `<p>${encodeURIComponent(echo)}</p>` };
    },
  ],
];

test.each(
  ANSWERS.flatMap(([name, answer]) => [
    ['secret', name, answer] as const,
    ['certificate', name, answer] as const,
  ]),
)('with a %s, where the server answers %s', async (kind, _, answer) => {
  const credential: Credential =
    kind === 'certificate' ? certificate : { kind: 'secret', source: { from: 'env', name: 'SECRET' } };
  const app = fixture.app({ credential });
  const { tokens, redactor } = fixture.cache();
  fixture.endpoint.forget();
  fixture.endpoint.answerWith((request) => answer(request.form));
  const outcome = await tokens.acquire(app, MAIL_SCOPE, fixture.never);
  const shown = [
    JSON.stringify(outcome),
    inspect(outcome, { depth: 9, showHidden: true }),
    JSON.stringify(tokens.states()),
    ...printed,
  ].join('\n');
  const assertion = fixture.endpoint.requests[0]?.form.get('client_assertion') ?? undefined;
  const secrets = [SECRET, TOKEN, OPAQUE, ...(assertion === undefined ? [] : [assertion])];
  expect(secrets.flatMap(traces).filter((trace) => shown.includes(trace))).toEqual([]);
  for (const secret of kind === 'certificate' ? secrets.slice(3) : [SECRET]) {
    expect(redactor.redact(`before ${secret} after`)).toBe('before [redacted] after');
  }
  tokens.close();
});
