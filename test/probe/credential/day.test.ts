import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CredentialStatus } from '../../../src/model/credential.ts';
import { createRedactor } from '../../../src/model/redactor.ts';
import { Secret } from '../../../src/model/secret.ts';
import { createCredentialStore } from '../../../src/probe/credential/credential-store.ts';
import { createCredentialWatch } from '../../../src/probe/credential/credential-watch.ts';
import type { HttpsAnswer } from '../../../src/probe/network/https-request.ts';
import { createTokenCache } from '../../../src/probe/token/token-cache.ts';
import { fakeToken } from '../../fakes/fake-token-endpoint.ts';
import { anApp, NOON } from '../../support/builders.ts';
import { readFile } from '../../support/files.ts';

/**
 * A day of twelve mailboxes, of the token cache and of the watch of their credential, all real but the wire and the
 * clock: a secret ends, mailboxes go dark, a new one is put in place.
 */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MAILBOXES = 12;
const LIFETIME_MS = 65 * MINUTE;
const FILE = '/run/secrets/plm';
const app = anApp({ credential: { kind: 'secret', source: { from: 'file', path: FILE } } });
const OLD = 'old8Q~the-first-value-abcdefghijklmnopq';
const NEW = 'new8Q~the-second-value-abcdefghijklmnop';
const never = new AbortController().signal;

let secret: string;
let endsAt: number;
let requests: { readonly at: number; readonly accepted: boolean }[];
let reported: CredentialStatus[];

const redactor = createRedactor();
const send = async ({ body = '' }: { readonly body?: string }): Promise<HttpsAnswer> => {
  const accepted = new URLSearchParams(body).get('client_secret') === NEW || Date.now() < endsAt;
  requests.push({ at: Date.now(), accepted });
  return await Promise.resolve({
    outcome: 'answered',
    status: accepted ? 200 : 401,
    seconds: 0.1,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(
      accepted
        ? {
            token_type: 'Bearer',
            expires_in: LIFETIME_MS / 1000,
            access_token: fakeToken({}, requests.length),
          }
        : {
            error: 'invalid_client',
            error_description: 'AADSTS7000222: The provided client secret keys are expired.',
            error_codes: [7000222],
          },
    ),
  });
};

beforeEach(() => {
  vi.useFakeTimers({ now: NOON, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  secret = OLD;
  endsAt = Number.POSITIVE_INFINITY;
  requests = [];
  reported = [];
});
afterEach(() => vi.useRealTimers());

test('a secret that ends at noon: critical before anybody is locked out, few requests, and over within a minute of the new one', async () => {
  const readers = { readSecret: async () => await Promise.resolve(new Secret(secret)), readFile, redactor };
  const tokens = createTokenCache({
    ...readers,
    send,
    onAnswer: (one, scope, outcome) => watch.observe(one, scope, outcome),
  });
  const watch = createCredentialWatch({
    store: createCredentialStore({ ...readers, tokens }),
    tokens,
    onStatus: (_, status) => reported.push(status),
    onBug: (error) => {
      throw error;
    },
  });
  watch.update([app]);
  const lockedOut: number[] = [];
  let refusedAt = 0;
  let darkAt = 0;
  const minutes = async (count: number): Promise<void> => {
    for (let minute = 0; minute < count; minute += 1) {
      await vi.advanceTimersByTimeAsync(MINUTE);
      // Each mailbox is looked at every five minutes, over both protocols.
      const probes = Array.from({ length: MAILBOXES * 2 }, (_, index) => index)
        .filter((index) => (Date.now() / MINUTE + index) % 5 === 0)
        .map(() => tokens.acquire(app, app.scope, never));
      for (const { ok } of await Promise.all(probes)) if (!ok) lockedOut.push(Date.now());
      // Requests in the background take a turn of the real event loop.
      for (let turn = 0; turn < 3; turn += 1) await setImmediate();
      if (refusedAt === 0 && watch.statusOf(app.id)?.valid === false) {
        refusedAt = Date.now();
        darkAt = tokens.states()[0]?.expiresAt ?? 0;
      }
    }
  };

  await minutes(12 * 60);
  // Renewals and hourly checks, and not one request for each of 3,456 looks.
  expect(requests.length).toBeLessThanOrEqual(40);
  expect(lockedOut).toEqual([]);

  endsAt = Date.now();
  requests = [];
  await minutes(4 * 60);
  expect(refusedAt - endsAt).toBeLessThanOrEqual(1.1 * HOUR);
  expect(darkAt).toBeGreaterThan(refusedAt);
  // Not before the hour that the server asked for, but for the margin of a token at its end; and then at the next probe.
  expect(Math.min(...lockedOut)).toBeGreaterThan(darkAt - 0.5 * MINUTE);
  expect(Math.min(...lockedOut)).toBeLessThanOrEqual(darkAt + MINUTE);
  expect(watch.statusOf(app.id)).toMatchObject({ valid: false, refusal: { code: 'AADSTS7000222' } });
  // In four hours of a wrong secret: every five minutes, and the hourly checks.
  expect(requests.length).toBeLessThanOrEqual(4 * 12 + 10);

  secret = NEW;
  lockedOut.length = 0;
  watch.filesChanged([FILE]);
  await minutes(1);
  expect(watch.statusOf(app.id)).toMatchObject({ valid: true });
  await minutes(8 * 60 - 1);
  expect(lockedOut).toEqual([]);
  expect(reported.at(-1)).not.toHaveProperty('refusal');

  await watch.close();
  tokens.close();
  expect(vi.getTimerCount()).toBe(0);
});
