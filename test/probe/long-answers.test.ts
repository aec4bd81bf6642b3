import { X509Certificate } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { createRedactor } from '../../src/model/redactor.ts';
import { Secret } from '../../src/model/secret.ts';
import { createGraphReader } from '../../src/probe/credential/graph-reader.ts';
import { certificateFacts } from '../../src/probe/network/certificate.ts';
import type { HttpsAnswer } from '../../src/probe/network/https-request.ts';
import { requestToken } from '../../src/probe/token/token-request.ts';
import { createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { anApp } from '../support/builders.ts';
import { superLinear } from '../support/linear.ts';
import { readFile } from '../support/files.ts';

/** A long text from outside costs no more than its length, wherever it enters: 200 KB of `eyJ` took 43 s once. */
const { signal } = new AbortController();
const registered = 'canary-Kx8Q~S3cret-0123456789';
const FRAGMENTS = ['eyJ', 'bearer ', 'auth=', `${registered} `, '&#x41;', '<', '\u202E', 'a1'] as const;

function textOf(fragment: string, length: number): string {
  return fragment.repeat(Math.ceil(length / fragment.length));
}

function redactorWithSecret() {
  const redactor = createRedactor();
  redactor.add(registered);
  return redactor;
}

function answer(status: number, body: object | string): HttpsAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'content-type': 'application/json', location: `https://x/?${text.slice(0, 8192)}` };
  return { outcome: 'answered', status, headers, body: text, seconds: 0 };
}

async function askForToken(given: HttpsAnswer): Promise<string> {
  const redactor = redactorWithSecret();
  const readSecret = async () => new Secret(registered);
  const reply = await requestToken(
    anApp(),
    'https://outlook.office365.com/.default',
    signal,
    { readSecret, readFile, redactor, send: async () => given },
    {},
  );
  return JSON.stringify(reply);
}

async function askGraph(given: HttpsAnswer): Promise<string> {
  const redactor = redactorWithSecret();
  const graph = createGraphReader({
    app: anApp(),
    token: new Secret('x'),
    redactor,
    signal,
    send: async () => given,
  });
  return JSON.stringify(await graph.list('/applications'));
}

const entries: Readonly<Record<string, (text: string) => Promise<string>>> = {
  'the error_description of a token endpoint': (text) =>
    askForToken(answer(401, { error: 'invalid_client', error_description: text })),
  'the error of a token endpoint': (text) => askForToken(answer(400, { error: text, trace_id: text })),
  'a page in the place of a token': (text) => askForToken(answer(503, text)),
  'the type of a token': (text) => askForToken(answer(200, { token_type: text, access_token: 'a.b.c' })),
  'the claims of a token': (text) => {
    const claims = Buffer.from(JSON.stringify({ roles: [text], aud: text })).toString('base64url');
    return askForToken(answer(200, { token_type: 'Bearer', access_token: `e30.${claims}.c2ln` }));
  },
  'the error.message of Graph': (text) => askGraph(answer(403, { error: { code: 'x', message: text } })),
  'the error.code of Graph': (text) => askGraph(answer(403, { error: { code: text } })),
  'the names of members of Graph': (text) => askGraph(answer(200, { [text]: 1 })),
};

test.each(
  Object.entries(entries).flatMap(([name, ask]) => FRAGMENTS.map((fragment) => ({ name, fragment, ask }))),
)('$name is linear work for $fragment', async ({ fragment, ask }) => {
  let shown = '';
  const growth = await superLinear(async (length) => {
    shown = await ask(textOf(fragment, length));
  });
  expect(growth).toBeUndefined();
  expect(shown.length).toBeLessThan(8000);
  expect(shown).not.toContain('canary');
});

/** With the keys of the fixture; what it is signed with nobody checks here. */
const subjects = new Map<string, X509Certificate>();
const LENGTHS = [1024, 4096, 16_384, 46_000] as const;
const SUBJECTS = ['eyJ', ',', '"\\'] as const;

beforeAll(async () => {
  const authority = await createCertificateAuthority('a stranger');
  for (const fragment of SUBJECTS) {
    for (const length of LENGTHS) {
      const text = textOf(fragment, length);
      const { cert } = await authority.issue({ commonName: text, names: [text] });
      subjects.set(`${fragment} ${length}`, new X509Certificate(cert));
    }
  }
});

test.each(SUBJECTS)('the subject and the names of a certificate are linear work for %j', async (fragment) => {
  const growth = await superLinear((length) => {
    const certificate = subjects.get(`${fragment} ${length}`);
    if (certificate === undefined) throw new Error(`no certificate of ${length}`);
    const facts = certificateFacts(certificate, redactorWithSecret());
    expect(JSON.stringify(facts).length).toBeLessThan(16_000);
  }, LENGTHS);
  expect(growth).toBeUndefined();
});

test('a list of Graph with more entries than a call takes arguments is read to a bound', async () => {
  const reply = await askGraph(answer(200, `{"value":[${'{},'.repeat(1_300_000)}{}]}`));
  expect(JSON.parse(reply)).toMatchObject({ ok: true });
  expect(reply.length).toBeLessThan(10_000);
});
