import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importX509, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Credential } from '../../../src/model/target.ts';
import type { TokenOutcome } from '../../../src/probe/token/token-source.ts';
import { createCertificateAuthority, type IssuedCertificate } from '../../../src/sandbox/certificates.ts';
import { type FakeTokenEndpoint, fakeToken, granted } from '../../fakes/fake-token-endpoint.ts';
import { createTokenFixture, MAIL_SCOPE, SECRET, type TokenFixture } from './token-fixture.ts';

/** The three kinds of credential as the server sees them, and what is wrong with those that cannot work. */
let fixture: TokenFixture;
let endpoint: FakeTokenEndpoint;
let folder: string;
let mine: IssuedCertificate;
let other: IssuedCertificate;

beforeAll(async () => {
  fixture = await createTokenFixture();
  ({ endpoint } = fixture);
  folder = await mkdtemp(join(tmpdir(), 'mailprobe-credentials-'));
  const authority = await createCertificateAuthority('credential test authority');
  mine = await authority.issue({ commonName: 'plm', names: ['plm'] });
  other = await authority.issue({ commonName: 'qms', names: ['qms'] });
});
beforeEach(() => {
  endpoint.forget();
  endpoint.answerWith(granted(fakeToken()));
});
afterAll(async () => {
  await endpoint.close();
  await rm(folder, { recursive: true });
});

async function write(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function ask(credential: Credential): Promise<TokenOutcome> {
  const { tokens } = fixture.cache();
  const outcome = await tokens.acquire(fixture.app({ credential }), MAIL_SCOPE, fixture.never);
  const [state] = tokens.states();
  expect(state?.requestsTotal).toBe(endpoint.requests.length);
  tokens.close();
  return outcome;
}

test('a client secret arrives unchanged, whatever its characters', async () => {
  await ask({ kind: 'secret', source: { from: 'env', name: 'SECRET' } });
  const [request] = endpoint.requests;
  expect(Object.fromEntries(request?.form ?? [])).toMatchObject({
    grant_type: 'client_credentials',
    client_id: '66666666-7777-8888-9999-000000000000',
    client_secret: SECRET,
    scope: MAIL_SCOPE,
  });
  expect(request).toMatchObject({
    method: 'POST',
    path: '/11111111-2222-3333-4444-555555555555/oauth2/v2.0/token',
    headers: { 'content-type': expect.stringContaining('application/x-www-form-urlencoded') },
  });
});

test('a secret file is read anew at each request', async () => {
  const path = await write('secret', 'the first secret of this app');
  const app = fixture.app({ credential: { kind: 'secret', source: { from: 'file', path } } });
  const { tokens } = fixture.cache();
  await tokens.refresh(app, MAIL_SCOPE, fixture.never);
  await write('secret', 'the second secret of this app');
  await tokens.refresh(app, MAIL_SCOPE, fixture.never);
  tokens.close();
  expect(endpoint.requests.map(({ form }) => form.get('client_secret'))).toEqual([
    'the first secret of this app',
    'the second secret of this app',
  ]);
});

test('a certificate signs an assertion that the server can verify', async () => {
  const certificateFile = await write('mine.pem', mine.cert);
  const privateKeyFile = await write('mine.key', mine.key);
  const outcome = await ask({ kind: 'certificate', certificateFile, privateKeyFile });
  expect(outcome.ok).toBe(true);
  const form = endpoint.requests[0]?.form;
  expect(form?.get('client_secret')).toBeNull();
  expect(form?.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
  const key = await importX509(mine.cert, 'PS256');
  const { payload, protectedHeader } = await jwtVerify(form?.get('client_assertion') ?? '', key, {
    algorithms: ['PS256'],
    // msal rounds the time to the nearest second: nbf may be up to half a second ahead.
    clockTolerance: 1,
    audience: `${endpoint.url}/11111111-2222-3333-4444-555555555555/oauth2/v2.0/token`,
    issuer: '66666666-7777-8888-9999-000000000000',
    subject: '66666666-7777-8888-9999-000000000000',
  });
  const { raw } = new X509Certificate(mine.cert);
  expect(protectedHeader).toMatchObject({
    alg: 'PS256',
    typ: 'JWT',
    'x5t#S256': createHash('sha256').update(raw).digest('base64url'),
    x5c: [raw.toString('base64')],
  });
  expect((payload.exp ?? 0) - (payload.nbf ?? 0)).toBe(600);
});

test('certificate and key may stand in one file', async () => {
  const file = await write('both.pem', `${mine.key}${mine.cert}`);
  const outcome = await ask({ kind: 'certificate', certificateFile: file, privateKeyFile: file });
  expect(outcome.ok).toBe(true);
});

test('a federated token is read anew at each use, and sent without the line end', async () => {
  const tokenFile = await write('federated', `${fakeToken({ sub: 'pod' }, 1)}\n`);
  const app = fixture.app({ credential: { kind: 'federated-token', tokenFile } });
  const { tokens } = fixture.cache();
  await tokens.refresh(app, MAIL_SCOPE, fixture.never);
  await write('federated', fakeToken({ sub: 'pod' }, 2));
  await tokens.refresh(app, MAIL_SCOPE, fixture.never);
  tokens.close();
  expect(endpoint.requests.map(({ form }) => form.get('client_assertion'))).toEqual([
    fakeToken({ sub: 'pod' }, 1),
    fakeToken({ sub: 'pod' }, 2),
  ]);
});

const EC_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const SMALL_KEY = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
const PASSPHRASE = { cipher: 'aes-256-cbc', passphrase: 'x', type: 'pkcs8', format: 'pem' } as const;

const certificate = (certificateFile: string, privateKeyFile: string): Credential => ({
  kind: 'certificate',
  certificateFile,
  privateKeyFile,
});

const UNUSABLE: readonly (readonly [string, () => Promise<Credential>, string, string])[] = [
  [
    'the key of another certificate',
    async () => certificate(await write('a.pem', mine.cert), await write('b.key', other.key)),
    'key-mismatch',
    'The private key in FOLDER/b.key does not belong to the first certificate in FOLDER/a.pem (CN=plm). Give the key that this certificate was made with.',
  ],
  [
    'a certificate file that is not there',
    async () => certificate(join(folder, 'none.pem'), await write('b.key', mine.key)),
    'file-missing',
    'The certificate file FOLDER/none.pem cannot be read: there is no such file.',
  ],
  [
    'a key file that is a folder',
    async () => certificate(await write('a.pem', mine.cert), folder),
    'file-is-folder',
    'The private key file FOLDER cannot be read: it is a folder, not a file.',
  ],
  [
    'a certificate file without a certificate',
    async () => certificate(await write('a.pem', 'hello'), await write('b.key', mine.key)),
    'bad-certificate',
    'FOLDER/a.pem holds no certificate in PEM form: it must begin with -----BEGIN CERTIFICATE-----.',
  ],
  [
    'certificate and key exchanged',
    async () => certificate(await write('a.key', mine.key), await write('b.pem', mine.cert)),
    'bad-certificate',
    'FOLDER/a.key holds no certificate in PEM form: it must begin with -----BEGIN CERTIFICATE-----.',
  ],
  [
    'a key file without a key',
    async () => certificate(await write('a.pem', mine.cert), await write('b.key', mine.cert)),
    'bad-key',
    'FOLDER/b.key holds no private key in PEM form: it must contain -----BEGIN PRIVATE KEY-----.',
  ],
  [
    'a key with a passphrase',
    async () =>
      certificate(
        await write('a.pem', mine.cert),
        await write('b.key', EC_KEY.export(PASSPHRASE).toString()),
      ),
    'encrypted-key',
    'The private key in FOLDER/b.key is protected by a passphrase. Give it without one: openssl pkey -in FOLDER/b.key -out KEY.pem',
  ],
  [
    'a key of an elliptic curve',
    async () =>
      certificate(
        await write('a.pem', mine.cert),
        await write('b.key', EC_KEY.export({ type: 'pkcs8', format: 'pem' }).toString()),
      ),
    'unsupported-key',
    'The private key in FOLDER/b.key is ec. Microsoft Entra takes RSA keys of at least 2048 bits.',
  ],
  [
    'a key that is too short',
    async () =>
      certificate(
        await write('a.pem', mine.cert),
        await write('b.key', SMALL_KEY.export({ type: 'pkcs8', format: 'pem' }).toString()),
      ),
    'unsupported-key',
    'The private key in FOLDER/b.key is rsa of 1024 bits. Microsoft Entra takes RSA keys of at least 2048 bits.',
  ],
  [
    'an empty secret',
    async () => ({ kind: 'secret', source: { from: 'env', name: 'EMPTY' } }),
    'empty-secret',
    'The client secret from the environment variable EMPTY is empty.',
  ],
  [
    'a secret file that is not there',
    async () => ({ kind: 'secret', source: { from: 'file', path: join(folder, 'none') } }),
    'unreadable',
    "The credential cannot be read: ENOENT: no such file or directory, open 'FOLDER/none'",
  ],
  [
    'a federated token file that is not there',
    async () => ({ kind: 'federated-token', tokenFile: join(folder, 'none') }),
    'file-missing',
    'The federated token file FOLDER/none cannot be read: there is no such file.',
  ],
  [
    'an empty federated token',
    async () => ({ kind: 'federated-token', tokenFile: await write('federated', ' \n') }),
    'empty-assertion',
    'The federated token file FOLDER/federated is empty.',
  ],
];

test.each(UNUSABLE)('%s is refused here, and nothing is sent', async (_, credential, code, text) => {
  const outcome = await ask(await credential());
  expect(outcome).toMatchObject({ ok: false, failure: { kind: 'credential', code } });
  expect(outcome.ok ? '' : outcome.failure.text.replaceAll(folder, 'FOLDER')).toBe(text);
  expect(endpoint.requests).toHaveLength(0);
});
