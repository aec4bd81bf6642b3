import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CredentialStatus } from '../../../src/model/credential.ts';
import { createRedactor } from '../../../src/model/redactor.ts';
import { Secret } from '../../../src/model/secret.ts';
import {
  type CredentialWatch,
  type CredentialWatchEdges,
  createCredentialWatch,
} from '../../../src/probe/credential/credential-watch.ts';
import { createCredentialStore } from '../../../src/probe/credential/credential-store.ts';
import type { sendHttpsRequest } from '../../../src/probe/network/https-request.ts';
import type { TokenCache, TokenOutcome } from '../../../src/probe/token/token-source.ts';
import { anApp, NOON } from '../../support/builders.ts';
import { readFile } from '../../support/files.ts';

/** A day of a credential in seconds: how often Entra is asked, and what is reported when. */
const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const GRANTED: TokenOutcome = { ok: true, token: new Secret('t'), claims: {}, facts: {} };
const REFUSED: TokenOutcome = {
  ok: false,
  failure: { kind: 'rejected', code: 'AADSTS7000222', status: '401', text: 'expired' },
  facts: { error: 'invalid_client' },
};
const SILENCE: TokenOutcome = { ok: false, failure: { kind: 'timeout', text: 'silence' }, facts: {} };
const app = anApp({ credential: { kind: 'secret', source: { from: 'file', path: '/run/secrets/plm' } } });

type Tokens = Pick<TokenCache, 'acquire' | 'refresh'>;
const readers = { readSecret: async () => new Secret('abc8Q~value'), readFile, redactor: createRedactor() };

let watch: CredentialWatch;
let outcome: TokenOutcome;
/** When a fresh token was asked for, in minutes since the start. */
let asked: number[];
let reported: CredentialStatus[];

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  outcome = GRANTED;
  asked = [];
  reported = [];
  const tokens: Tokens = {
    acquire: async () => outcome,
    refresh: async (one, scope) => {
      asked.push(Math.round((Date.now() - NOON) / MINUTE));
      watch.observe(one, scope, outcome);
      return outcome;
    },
  };
  watch = createCredentialWatch({
    store: createCredentialStore({ ...readers, tokens }),
    tokens,
    onStatus: (_, status) => reported.push(status),
    onBug: (error) => {
      throw error;
    },
  });
  watch.update([app]);
});
afterEach(async () => {
  await watch.close();
  vi.useRealTimers();
});

test('a day without probes: a fresh token about every hour', async () => {
  await vi.advanceTimersByTimeAsync(24 * HOUR);
  expect(asked.length).toBeGreaterThanOrEqual(22);
  expect(asked.length).toBeLessThanOrEqual(28);
  expect(watch.statusOf('plm')).toMatchObject({ valid: true });
});

test('a token that the probes have just fetched proves enough: no other is requested', async () => {
  watch.observe(app, app.scope, GRANTED);
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(asked).toEqual([]);
  expect(watch.statusOf('plm')).toMatchObject({ valid: true, lastCheck: NOON });
});

test('a refused credential is tried every hour, whatever fails meanwhile, and at once when its file changes', async () => {
  outcome = REFUSED;
  await vi.advanceTimersByTimeAsync(SECOND);
  for (let minute = 0; minute < 50; minute += 1) {
    watch.loginFailed('plm');
    watch.filesChanged(['/run/secrets/another']);
    await vi.advanceTimersByTimeAsync(MINUTE);
  }
  expect(asked).toEqual([0]);
  watch.filesChanged(['/etc/mailprobe.yaml', '/run/secrets/plm']);
  await vi.advanceTimersByTimeAsync(SECOND);
  expect(asked).toEqual([0, 50]);
});

test('a refusal of a probe is reported at once, and so is its end', () => {
  watch.observe(app, app.scope, REFUSED);
  expect(reported.at(-1)).toMatchObject({ valid: false, refusal: { code: 'AADSTS7000222' } });
  watch.observe(app, app.scope, GRANTED);
  expect(reported.at(-1)).toMatchObject({ valid: true });
  expect(reported.at(-1)).not.toHaveProperty('refusal');
});

describe('a credential that another process watched', () => {
  let before: (CredentialStatus | undefined)[];
  let heir: CredentialWatch;
  beforeEach(() => {
    before = [];
    watch.observe(app, app.scope, REFUSED);
    const tokens: Tokens = { acquire: async () => outcome, refresh: async () => outcome };
    const store = createCredentialStore({ ...readers, tokens });
    store.restore(watch.statuses());
    const onStatus: CredentialWatchEdges['onStatus'] = (_app, _status, known) => before.push(known);
    heir = createCredentialWatch({
      store,
      tokens,
      onStatus,
      onBug: (error) => {
        throw error;
      },
    });
  });
  afterEach(async () => await heir.close());

  test('is no news while it is as it was', () => {
    heir.update([app]);
    expect(before).toEqual([expect.objectContaining({ valid: false })]);
  });

  test('is news where it changes', () => {
    heir.update([app]);
    heir.observe(app, app.scope, GRANTED);
    expect(before.at(-1)).toMatchObject({ valid: false });
    expect(heir.statusOf('plm')).toMatchObject({ valid: true });
  });
});

test('a token for Graph says nothing about the one for mail', () => {
  watch.observe(app, app.graphScope, GRANTED);
  watch.observe(app, app.graphScope, { ...REFUSED, facts: { error: 'invalid_grant' } });
  expect(watch.statusOf('plm')).not.toHaveProperty('valid');
});

test('a credential that is refused for Graph is refused', () => {
  watch.observe(app, app.graphScope, REFUSED);
  expect(watch.statusOf('plm')).toMatchObject({ valid: false });
  watch.observe(app, app.scope, GRANTED);
  expect(watch.statusOf('plm')).toMatchObject({ valid: true });
});

test('until there is a result it is tried every five minutes', async () => {
  outcome = SILENCE;
  await vi.advanceTimersByTimeAsync(17 * MINUTE);
  expect(asked.length).toBeGreaterThanOrEqual(3);
  outcome = GRANTED;
  await vi.advanceTimersByTimeAsync(30 * MINUTE);
  const settled = asked.length;
  await vi.advanceTimersByTimeAsync(20 * MINUTE);
  expect(asked.length).toBe(settled);
});

test('a failing login has it checked once, with a fresh token', async () => {
  await vi.advanceTimersByTimeAsync(20 * MINUTE);
  for (let mailbox = 0; mailbox < 40; mailbox += 1) watch.loginFailed('plm');
  await vi.advanceTimersByTimeAsync(20 * MINUTE);
  expect(asked).toEqual([0, 20]);
});

test('before the first check nothing is reported as unknown; afterwards it is', async () => {
  expect(reported[0]).toMatchObject({ pending: true, endDates: [] });
  await vi.advanceTimersByTimeAsync(SECOND);
  expect(reported.at(-1)).not.toHaveProperty('pending');
});

test('after a reload what is known of the same credential stays, and another is checked at once', async () => {
  await vi.advanceTimersByTimeAsync(MINUTE);
  watch.update([{ ...app, owner: 'somebody else' }]);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect([asked, watch.statusOf('plm')?.valid]).toEqual([[0], true]);
  const moved = { ...app, clientId: '77777777-7777-8888-9999-000000000000' };
  watch.update([moved]);
  expect(watch.statusOf('plm')).not.toHaveProperty('valid');
  // A late answer to a request for the app as it was.
  watch.observe(app, app.scope, REFUSED);
  await vi.advanceTimersByTimeAsync(SECOND);
  expect([asked, watch.statusOf('plm')?.valid]).toEqual([[0, 2], true]);
  watch.update([]);
  expect(watch.statuses()).toEqual([]);
});

test('no timer is left when it is closed', async () => {
  await watch.close();
  expect(vi.getTimerCount()).toBe(0);
});

describe('a token that contradicts the directory', () => {
  const LISTED = {
    id: 'aaaaaaaa-0000-0000-0000-000000000001',
    appId: app.clientId,
    requiredResourceAccess: [],
    passwordCredentials: [],
    keyCredentials: [],
  };
  const withRoles = (...roles: readonly string[]): TokenOutcome => ({ ...GRANTED, claims: { roles } });
  let graphReads: number;
  let reader: CredentialWatch;

  beforeEach(async () => {
    graphReads = 0;
    const tokens: Tokens = {
      acquire: async () => GRANTED,
      refresh: async (one, scope) => {
        reader.observe(one, scope, GRANTED);
        return GRANTED;
      },
    };
    const send: typeof sendHttpsRequest = async ({ url }) => {
      if (url.pathname.startsWith('/v1.0/applications')) graphReads += 1;
      const body = url.pathname.endsWith('/appRoleAssignments') ? { value: [] } : LISTED;
      return { outcome: 'answered', status: 200, headers: {}, body: JSON.stringify(body), seconds: 0 };
    };
    reader = createCredentialWatch({
      store: createCredentialStore({ ...readers, tokens, send }),
      tokens,
      onStatus: () => {},
      onBug: (error) => {
        throw error;
      },
    });
    reader.update([{ ...app, graph: true }]);
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
  });
  afterEach(async () => {
    await reader.close();
  });

  test('has the directory read anew, once', async () => {
    expect(graphReads).toBe(1);
    for (let answer = 0; answer < 5; answer += 1) {
      reader.observe({ ...app, graph: true }, app.scope, withRoles('IMAP.AccessAsApp'));
      await vi.advanceTimersByTimeAsync(2 * MINUTE);
    }
    expect(graphReads).toBe(2);
  });

  test('and one that agrees does not', async () => {
    reader.observe({ ...app, graph: true }, app.scope, withRoles());
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(graphReads).toBe(1);
  });
});
