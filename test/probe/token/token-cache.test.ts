import { getEventListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import type { AppTokenState } from '../../../src/model/status.ts';
import type { TokenCache, TokenOutcome } from '../../../src/probe/token/token-source.ts';
import { type FakeTokenEndpoint, fakeToken, granted, refused } from '../../fakes/fake-token-endpoint.ts';
import { WAIT_MS } from '../../support/limits.ts';
import { createTokenFixture, MAIL_SCOPE, SECRET, type TokenFixture } from './token-fixture.ts';

/** The life of a token. Only the date is faked: the sockets are real, and nothing here waits for time to pass. */
const START = Date.UTC(2026, 10, 20, 8, 0, 0);
const MINUTE = 60_000;

let fixture: TokenFixture;
let endpoint: FakeTokenEndpoint;
let tokens: TokenCache;
let secret = SECRET;

beforeAll(async () => {
  // First the time, then the certificate: it must be valid at that time.
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  fixture = await createTokenFixture(() => ({ SECRET: secret, OTHER: 'another secret' }));
  ({ endpoint } = fixture);
});
beforeEach(() => {
  vi.setSystemTime(START);
  secret = SECRET;
  endpoint.forget();
  ({ tokens } = fixture.cache());
});
afterEach(async () => {
  tokens.close();
  await endpoint.allClosed();
});
afterAll(async () => {
  await endpoint.close();
  vi.useRealTimers();
});

const wait = (ms: number): void => {
  vi.setSystemTime(Date.now() + ms);
};
const acquire = (app = fixture.app()): Promise<TokenOutcome> =>
  tokens.acquire(app, MAIL_SCOPE, fixture.never);
const refresh = (): Promise<TokenOutcome> => tokens.refresh(fixture.app(), MAIL_SCOPE, fixture.never);
const tokenIn = (outcome: TokenOutcome): string | undefined =>
  outcome.ok ? outcome.token.reveal() : undefined;
const state = (): Partial<AppTokenState> => tokens.states()[0] ?? {};

const FIRST = fakeToken({ appid: 'client' }, 1);
const SECOND = fakeToken({ appid: 'client' }, 2);
const EXPIRED = refused(401, 'invalid_client', 7000222, 'The provided client secret keys are expired.');
const THROTTLED = {
  status: 429,
  headers: { 'retry-after': '120', 'content-type': 'text/plain' },
  body: 'Too Many Requests',
};

/**
 * That many requests have been answered, in the background too, and the answers taken. Looks again and again;
 * `expect.poll` would move the faked date.
 */
const settled = async (requests: number): Promise<void> => {
  for (let probe = 0; probe < WAIT_MS / 2 && state().requestsTotal !== requests; probe += 1)
    await setTimeout(2);
  expect(state().requestsTotal).toBe(requests);
};

describe('one request', () => {
  test('serves a thousand who ask at once', async () => {
    endpoint.answerWith(granted(FIRST));
    const app = fixture.app();
    const outcomes = await Promise.all(Array.from({ length: 1000 }, () => acquire(app)));
    expect(outcomes.every((outcome) => tokenIn(outcome) === FIRST)).toBe(true);
    expect(endpoint.requests).toHaveLength(1);
    expect(state()).toMatchObject({ app: 'plm', requestsTotal: 1, claims: { appId: 'client' } });
  });

  test('serves later callers, with the source "cache"', async () => {
    endpoint.answerWith(granted(FIRST));
    const first = await acquire();
    wait(20 * MINUTE);
    const later = await acquire();
    expect([first.facts.source, later.facts.source]).toEqual(['fetched', 'cache']);
    expect(later.facts).toMatchObject({ expiresAt: START + 3_599_000, httpStatus: 200 });
    expect(endpoint.requests).toHaveLength(1);
  });

  test('continues for the others when one of them gives up', async () => {
    const ready = Promise.withResolvers<void>();
    endpoint.answerWith({ ...granted(FIRST), after: ready.promise });
    const impatient = new AbortController();
    const waiting = tokens.acquire(fixture.app(), MAIL_SCOPE, impatient.signal);
    const patient = acquire();
    await endpoint.received(1);
    impatient.abort();
    expect(await waiting).toMatchObject({ ok: false, failure: { kind: 'aborted' } });
    ready.resolve();
    expect(tokenIn(await patient)).toBe(FIRST);
    expect(endpoint.requests).toHaveLength(1);
  });

  test('ends for one whose time is over as silence of the endpoint', async () => {
    endpoint.answerWith({ fault: 'hang' });
    const outcome = await tokens.acquire(fixture.app(), MAIL_SCOPE, AbortSignal.timeout(50));
    expect(outcome).toMatchObject({
      ok: false,
      failure: { kind: 'timeout' },
      facts: { endpoint: expect.stringContaining(endpoint.url) },
    });
  });

  test('is not made for one who has given up before asking', async () => {
    const outcome = await tokens.acquire(fixture.app(), MAIL_SCOPE, AbortSignal.abort());
    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'aborted' } });
    await endpoint.allClosed();
    expect(endpoint.requests).toHaveLength(0);
  });

  test('leaves no listener on the signals of its callers', async () => {
    endpoint.answerWith(granted(FIRST));
    const { signal } = new AbortController();
    await Promise.all([1, 2, 3].map(() => tokens.acquire(fixture.app(), MAIL_SCOPE, signal)));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('is made for each scope', async () => {
    endpoint.answerWith(granted(FIRST), granted(SECOND));
    await acquire();
    const graph = await tokens.acquire(fixture.app(), 'https://graph.microsoft.com/.default', fixture.never);
    expect(tokenIn(graph)).toBe(SECOND);
    expect(endpoint.requests.map(({ form }) => form.get('scope'))).toEqual([
      MAIL_SCOPE,
      'https://graph.microsoft.com/.default',
    ]);
    expect(tokens.states()).toHaveLength(1);
  });
});

describe('renewal', () => {
  test('begins in the background with a request late in the life of the token', async () => {
    const ready = Promise.withResolvers<void>();
    endpoint.answerWith(granted(FIRST), { ...granted(SECOND), after: ready.promise });
    await acquire();
    wait(50 * MINUTE);
    const outcomes = await Promise.all([acquire(), acquire(), acquire()]);
    expect(outcomes.map(tokenIn)).toEqual([FIRST, FIRST, FIRST]);
    await endpoint.received(2);
    ready.resolve();
    await settled(2);
    expect(tokenIn(await acquire())).toBe(SECOND);
    expect(endpoint.requests).toHaveLength(2);
  });

  test('is not made while nobody asks', async () => {
    endpoint.answerWith(granted(FIRST));
    await acquire();
    wait(50 * MINUTE);
    expect(state()).toMatchObject({ requestsTotal: 1 });
    expect(endpoint.requests).toHaveLength(1);
  });

  test('is waited for once the token is over', async () => {
    endpoint.answerWith(granted(FIRST), granted(SECOND));
    await acquire();
    wait(59 * MINUTE + 45_000);
    expect(tokenIn(await acquire())).toBe(SECOND);
  });

  test('that fails is a warning with a countdown, and the living token is served until its end', async () => {
    endpoint.answerWith(granted(FIRST), EXPIRED);
    await acquire();
    wait(50 * MINUTE);
    const failedAt = Date.now();
    await acquire();
    await settled(2);
    const warning = {
      failure: { kind: 'rejected', code: 'AADSTS7000222' },
      since: failedAt,
      tokenExpiresAt: START + 3_599_000,
    };
    const outcome = await acquire();
    expect(outcome).toMatchObject({ ok: true, facts: { source: 'cache', refreshFailure: warning } });
    expect(tokenIn(outcome)).toBe(FIRST);
    expect(state()).toMatchObject({
      refreshFailure: warning,
      lastFailure: { at: failedAt, failure: { code: 'AADSTS7000222' } },
      failuresByCode: { AADSTS7000222: 1 },
    });
    // One minute later it is tried again, and the warning still tells since when.
    wait(MINUTE);
    await acquire();
    await settled(3);
    expect(state()).toMatchObject({ refreshFailure: warning, failuresByCode: { AADSTS7000222: 2 } });
    // The token is over: no warning any more, a failure.
    wait(9 * MINUTE);
    expect(await acquire()).toMatchObject({ ok: false, failure: { code: 'AADSTS7000222' } });
    expect(state()).not.toHaveProperty('refreshFailure');
  });

  test('that fails is tried again soon after the token is over, whatever the distances before', async () => {
    endpoint.answerWith(granted(FIRST), EXPIRED);
    await acquire();
    for (const [index, minute] of [48, 50, 52, 54, 59].entries()) {
      vi.setSystemTime(START + minute * MINUTE);
      await acquire();
      await settled(2 + index);
    }
    wait(30_000);
    endpoint.answerWith(granted(SECOND));
    expect(tokenIn(await acquire())).toBe(SECOND);
  });

  test('that fails is repeated at growing distances', async () => {
    endpoint.answerWith(granted(FIRST), EXPIRED);
    await acquire();
    wait(48 * MINUTE);
    const first = Date.now();
    const expected = [0, 30, 90, 210, 450];
    for (let second = 0; second <= 450; second += 10) {
      await acquire();
      if (expected.includes(second)) await settled(2 + expected.indexOf(second));
      wait(10_000);
    }
    const renewals = endpoint.requests.slice(1).map(({ at }) => (at - first) / 1000);
    expect(renewals).toEqual(expected);
  });

  test('that succeeds again takes the warning away', async () => {
    endpoint.answerWith(granted(FIRST), EXPIRED, granted(SECOND));
    await acquire();
    wait(50 * MINUTE);
    await acquire();
    await settled(2);
    wait(31_000);
    await acquire();
    await settled(3);
    const outcome = await acquire();
    expect(tokenIn(outcome)).toBe(SECOND);
    expect(outcome.facts).not.toHaveProperty('refreshFailure');
    expect(state()).not.toHaveProperty('refreshFailure');
  });
});

describe('after a failure without a token', () => {
  test('one answer serves all who ask soon, and a new request those who ask later', async () => {
    endpoint.answerWith(EXPIRED);
    const first = await acquire();
    wait(29_000);
    const outcomes = await Promise.all(Array.from({ length: 1000 }, () => acquire()));
    expect(first.facts.source).toBe('fetched');
    for (const outcome of outcomes.slice(0, 10)) {
      expect(outcome).toMatchObject({
        ok: false,
        failure: { code: 'AADSTS7000222' },
        facts: { source: 'cache', httpStatus: 401 },
      });
    }
    expect(endpoint.requests).toHaveLength(1);
    wait(1_000);
    endpoint.answerWith(granted(FIRST));
    expect(tokenIn(await acquire())).toBe(FIRST);
    expect(state()).toMatchObject({ requestsTotal: 2 });
  });

  test('a secret that stays refused is asked about at growing distances, up to five minutes', async () => {
    endpoint.answerWith(EXPIRED);
    const first = Date.now();
    for (let second = 0; second <= 1_050; second += 10) {
      await acquire();
      wait(10_000);
    }
    expect(endpoint.requests.map(({ at }) => (at - first) / 1000)).toEqual([0, 30, 90, 210, 450, 750, 1050]);
  });

  test('a changed file is asked with at once, and the distances begin anew', async () => {
    endpoint.answerWith(EXPIRED);
    for (let minute = 0; minute < 30; minute += 1) {
      await acquire();
      wait(MINUTE);
    }
    endpoint.forget();
    endpoint.answerWith(EXPIRED);
    const changed = Date.now();
    await tokens.refresh(fixture.app(), MAIL_SCOPE, fixture.never, changed);
    for (let second = 0; second <= 90; second += 10) {
      await acquire();
      wait(10_000);
    }
    expect(endpoint.requests.map(({ at }) => (at - changed) / 1000)).toEqual([0, 30, 90]);
  });

  test('a network that is back is noticed after five seconds', async () => {
    endpoint.answerWith({ fault: 'reset' }, granted(FIRST));
    expect(await acquire()).toMatchObject({ ok: false, failure: { kind: 'reset' } });
    wait(4_900);
    expect(await acquire()).toMatchObject({ ok: false, facts: { source: 'cache' } });
    wait(100);
    expect(tokenIn(await acquire())).toBe(FIRST);
  });

  test('Retry-After is kept, by forced requests too', async () => {
    endpoint.answerWith(THROTTLED, granted(FIRST));
    expect(await acquire()).toMatchObject({ failure: { kind: 'throttled', retryAfterSeconds: 120 } });
    wait(119_000);
    expect(await acquire()).toMatchObject({ ok: false, facts: { source: 'cache' } });
    expect(await refresh()).toMatchObject({ ok: false, facts: { source: 'cache' } });
    expect(endpoint.requests).toHaveLength(1);
    wait(1_000);
    expect(tokenIn(await acquire())).toBe(FIRST);
    expect(endpoint.requests).toHaveLength(2);
  });

  test.each([
    ['429', THROTTLED, 120_000],
    ['503', refused(503, 'temporarily_unavailable', 90033, 'A transient error has occurred.'), 5_000],
  ])("after a %s msal's memory of it is never taken for an answer", async (_, answer, pause) => {
    endpoint.answerWith(answer, EXPIRED, granted(SECOND));
    await acquire();
    wait(pause);
    expect(await acquire()).toMatchObject({
      failure: { code: 'AADSTS7000222' },
      facts: { source: 'fetched', httpStatus: 401 },
    });
    wait(30_000);
    expect(tokenIn(await acquire())).toBe(SECOND);
    expect(endpoint.requests).toHaveLength(3);
  });
});

describe('a clock that is set back by hours', () => {
  test('does not prolong the life of a token', async () => {
    endpoint.answerWith(granted(FIRST), granted(SECOND));
    await acquire();
    wait(-2 * 60 * MINUTE);
    expect(tokenIn(await acquire())).toBe(SECOND);
  });

  test('does not prolong the pause after a failure', async () => {
    endpoint.answerWith(EXPIRED, granted(SECOND));
    await acquire();
    wait(-2 * 60 * MINUTE);
    expect(tokenIn(await acquire())).toBe(SECOND);
  });
});

test('the codes that a server invents are counted up to a bound, then by their kind', async () => {
  endpoint.answerWith(({ at }) => ({ status: 400, body: { error: `invented at ${at}` } }));
  for (let time = 0; time < 60; time += 1) {
    await refresh();
    wait(1);
  }
  const { failuresByCode = {} } = state();
  expect(Object.keys(failuresByCode)).toHaveLength(51);
  expect(failuresByCode['rejected']).toBe(10);
});

describe('a forced request', () => {
  test('asks past the cache, and the cache takes the new token', async () => {
    endpoint.answerWith(granted(FIRST), granted(SECOND));
    await acquire();
    expect(await refresh()).toMatchObject({ ok: true, facts: { source: 'fetched' } });
    expect(tokenIn(await acquire())).toBe(SECOND);
    expect(endpoint.requests).toHaveLength(2);
  });

  test('that is refused leaves the living token in use, with the warning, and tells the refusal', async () => {
    endpoint.answerWith(granted(FIRST), EXPIRED, granted(SECOND));
    await acquire();
    wait(MINUTE);
    expect(await refresh()).toMatchObject({
      ok: false,
      failure: { code: 'AADSTS7000222' },
      facts: { source: 'fetched', refreshFailure: { tokenExpiresAt: START + 3_599_000 } },
    });
    const outcome = await acquire();
    expect(tokenIn(outcome)).toBe(FIRST);
    expect(outcome.facts.refreshFailure).toMatchObject({ since: START + MINUTE });
    // However young the token is, it is tried again: the fault may have been fixed.
    wait(30_000);
    await acquire();
    await settled(3);
    expect((await acquire()).facts).not.toHaveProperty('refreshFailure');
  });

  test('is made after a refusal without waiting', async () => {
    endpoint.answerWith(EXPIRED, granted(SECOND));
    await acquire();
    expect(tokenIn(await refresh())).toBe(SECOND);
  });

  test('is one, however many force it', async () => {
    endpoint.answerWith(granted(FIRST));
    await Promise.all([refresh(), refresh(), acquire(), refresh()]);
    expect(endpoint.requests).toHaveLength(1);
  });
});

describe('a changed configuration', () => {
  test.each([
    ['tenant', { tenant: '99999999-2222-3333-4444-555555555555' }],
    ['client id', { clientId: '99999999-7777-8888-9999-000000000000' }],
    ['credential', { credential: { kind: 'secret', source: { from: 'env', name: 'OTHER' } } }],
    ['app', { id: 'qms' }],
  ] as const)("another %s is never served the old one's token", async (_, changes) => {
    endpoint.answerWith(granted(FIRST), granted(SECOND));
    await acquire();
    expect(tokenIn(await acquire(fixture.app(changes)))).toBe(SECOND);
  });

  test("another configuration is never served the old one's failure", async () => {
    endpoint.answerWith(EXPIRED, granted(SECOND));
    await acquire();
    expect(tokenIn(await acquire(fixture.app({ clientId: 'another' })))).toBe(SECOND);
  });

  test('what is not changed keeps its token at a reload', async () => {
    endpoint.answerWith(granted(FIRST), granted(SECOND));
    await acquire();
    tokens.retain([fixture.app()]);
    expect(tokenIn(await acquire())).toBe(FIRST);
    expect(tokens.states()).toHaveLength(1);
  });

  test('the counters of the process before this one go on; its token and its claims do not', async () => {
    endpoint.answerWith(EXPIRED);
    const lastFailure = { failure: { kind: 'timeout', text: 'silence' }, at: START - MINUTE } as const;
    tokens.restore([
      {
        app: 'plm',
        requestsTotal: 7,
        failuresByCode: { timeout: 2 },
        lastFailure,
        expiresAt: START + MINUTE,
      },
    ]);
    expect(tokens.states()).toEqual([]);
    await acquire();
    expect(state()).toMatchObject({ requestsTotal: 8, failuresByCode: { timeout: 2, AADSTS7000222: 1 } });
    expect(state()).not.toHaveProperty('expiresAt');
  });

  test('another mail scope makes another app of it: one state is left', async () => {
    endpoint.answerWith(granted(FIRST), granted(SECOND));
    await acquire();
    const scope = 'https://partner.outlook.cn/.default';
    const changed = fixture.app({ scope });
    tokens.retain([changed]);
    await tokens.acquire(changed, scope, fixture.never);
    expect(tokens.states()).toMatchObject([{ requestsTotal: 1, expiresAt: START + 3_599_000 }]);
  });

  test('what is gone is forgotten at a reload, though a late look still asks for it', async () => {
    endpoint.answerWith(granted(FIRST), granted(SECOND));
    await acquire();
    tokens.retain([fixture.app({ id: 'other' })]);
    expect(tokens.states()).toEqual([]);
    expect(tokenIn(await acquire())).toBe(SECOND);
    expect(tokens.states()).toEqual([]);
  });
});

describe('closing', () => {
  test('ends the request in flight and those who wait for it, and leaves no socket', async () => {
    endpoint.answerWith({ fault: 'hang' });
    const waiting = acquire();
    await endpoint.received(1);
    tokens.close();
    expect(await waiting).toMatchObject({ ok: false, failure: { kind: 'aborted' } });
    await endpoint.allClosed();
  });

  test('leaves no timer', async () => {
    vi.useFakeTimers({
      toFake: ['Date', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'],
      now: START,
    });
    onTestFinished(() => void vi.useFakeTimers({ toFake: ['Date'], now: START }));
    endpoint.answerWith({ fault: 'hang' });
    const waiting = acquire();
    await endpoint.received(1);
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    tokens.close();
    await waiting;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('refuses who asks afterwards, without a request', async () => {
    tokens.close();
    expect(await acquire()).toMatchObject({ ok: false, failure: { kind: 'aborted' } });
    expect(await refresh()).toMatchObject({ ok: false, failure: { kind: 'aborted' } });
    expect(endpoint.requests).toHaveLength(0);
  });
});

test('the rotated secret is used at the next request', async () => {
  endpoint.answerWith(EXPIRED, granted(FIRST));
  await acquire();
  secret = 'Xyz9Q~the-new-one-from-the-portal-000001';
  wait(30_000);
  await acquire();
  expect(endpoint.requests.map(({ form }) => form.get('client_secret'))).toEqual([SECRET, secret]);
});
