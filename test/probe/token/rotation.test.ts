import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { App } from '../../../src/model/target.ts';
import { createTokenCache } from '../../../src/probe/token/token-cache.ts';
import type { TokenCache, TokenOutcome } from '../../../src/probe/token/token-source.ts';
import { Secret } from '../../../src/model/secret.ts';
import { createRedactor } from '../../../src/model/redactor.ts';
import { fakeToken, granted, refused } from '../../fakes/fake-token-endpoint.ts';
import { createTokenFixture, MAIL_SCOPE, type TokenFixture } from './token-fixture.ts';
import { readFile as readBounded } from '../../support/files.ts';

/** A secret that is replaced while the daemon runs: what is asked with, and what is used, at each step. */
const OLD = 'old8Q~the-first-value-abcdefghijklmnopq';
const NEW = 'new8Q~the-second-value-abcdefghijklmnop';
const WRONG = refused(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
const BLOCKED = refused(400, 'unauthorized_client', 7000112, 'Application is disabled.');

let fixture: TokenFixture;
let directory: string;
let file: string;
let app: App;
let tokens: TokenCache;
let answers: [scope: string, outcome: TokenOutcome][];

beforeAll(async () => {
  fixture = await createTokenFixture();
  directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
});
afterAll(async () => {
  await fixture.endpoint.close();
  await rm(directory, { recursive: true });
});
beforeEach(async () => {
  fixture.endpoint.forget();
  file = join(directory, 'secret');
  app = fixture.app({ credential: { kind: 'secret', source: { from: 'file', path: file } } });
  answers = [];
  tokens = createTokenCache({
    readSecret: async () => new Secret(await readFile(file, 'utf8')),
    readFile: readBounded,
    redactor: createRedactor(),
    onAnswer: (_, scope, outcome) => answers.push([scope, outcome]),
  });
  await put(OLD);
  fixture.endpoint.answerWith(granted(fakeToken({}, 1)));
  await refresh();
});
afterEach(async () => {
  tokens.close();
  await fixture.endpoint.allClosed();
});

async function put(value: string): Promise<void> {
  await writeFile(`${file}.new`, value);
  await rename(`${file}.new`, file);
}
async function refresh(since?: number): Promise<TokenOutcome> {
  return await tokens.refresh(app, MAIL_SCOPE, fixture.never, since);
}
const sent = (): readonly (string | null)[] =>
  fixture.endpoint.requests.map(({ form }) => form.get('client_secret'));

test('a new value that is taken is used from then on', async () => {
  await put(NEW);
  expect(await refresh()).toMatchObject({ ok: true });
  await refresh();
  expect(sent()).toEqual([OLD, NEW, NEW]);
  expect(tokens.states()[0]).not.toHaveProperty('replacementRefused');
});

test('a new value that is refused is reported, and the old one gets the token', async () => {
  await put(NEW);
  fixture.endpoint.answerWith(WRONG, granted(fakeToken({}, 2)));
  expect(await refresh()).toMatchObject({
    ok: true,
    facts: { replacementRefused: { kind: 'rejected', code: 'AADSTS7000215' } },
  });
  expect(sent()).toEqual([OLD, NEW, OLD]);
  expect(tokens.states()[0]).toMatchObject({
    replacementRefused: { failure: { code: 'AADSTS7000215' } },
    failuresByCode: { AADSTS7000215: 1 },
    requestsTotal: 3,
  });
});

test('it is over as soon as the configured value is accepted', async () => {
  await put(NEW);
  fixture.endpoint.answerWith(WRONG, granted(fakeToken({}, 2)), granted(fakeToken({}, 3)));
  await refresh();
  expect(await refresh()).not.toHaveProperty('facts.replacementRefused');
  expect(tokens.states()[0]).not.toHaveProperty('replacementRefused');
});

test('a file that is gone, or empty, is a refusal too', async () => {
  await rm(file);
  fixture.endpoint.answerWith(granted(fakeToken({}, 2)));
  expect(await refresh()).toMatchObject({ ok: true, facts: { replacementRefused: { kind: 'credential' } } });
  await put('');
  expect(await refresh()).toMatchObject({
    ok: true,
    facts: { replacementRefused: { code: 'empty-secret' } },
  });
});

test('once both are refused, the old one is not tried again', async () => {
  await put(NEW);
  fixture.endpoint.answerWith(WRONG);
  expect(await refresh()).toMatchObject({ ok: false, failure: { code: 'AADSTS7000215' } });
  await refresh();
  expect(sent()).toEqual([OLD, NEW, OLD, NEW]);
  expect(tokens.states()[0]).toMatchObject({ requestsTotal: 4 });
});

test('a refusal of the app is none of the credential: nothing else is tried', async () => {
  await put(NEW);
  fixture.endpoint.answerWith(BLOCKED);
  await refresh();
  expect(sent()).toEqual([OLD, NEW]);
});

test('every answer is reported, with its scope; a cached token is not an answer', async () => {
  await tokens.acquire(app, MAIL_SCOPE, fixture.never);
  fixture.endpoint.answerWith(WRONG);
  await tokens.acquire(app, 'https://graph.microsoft.com/.default', fixture.never);
  expect(answers.map(([scope, { ok }]) => [scope, ok])).toEqual([
    [MAIL_SCOPE, true],
    ['https://graph.microsoft.com/.default', false],
  ]);
});

test('a request that was begun before the file changed does not stand for the new value', async () => {
  const gate = Promise.withResolvers<void>();
  fixture.endpoint.answerWith(
    { ...granted(fakeToken({}, 2)), after: gate.promise },
    granted(fakeToken({}, 3)),
  );
  const early = refresh();
  await fixture.endpoint.received(2);
  await put(NEW);
  const late = refresh(Date.now() + 1);
  gate.resolve();
  await Promise.all([early, late]);
  expect(sent()).toEqual([OLD, OLD, NEW]);
});
