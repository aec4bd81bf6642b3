/** A granted permission is seen about a minute after it: time, token requests and probes are all in the test's hand. */
import { describe, expect, test } from 'vitest';
import type { Claims } from '../src/model/evidence.ts';
import { Secret } from '../src/model/secret.ts';
import type { Target } from '../src/model/target.ts';
import { createUnfitTokens } from '../src/unfit-tokens.ts';
import { anEvidence, aTarget, NOON } from './support/builders.ts';

const UNFIT: Claims = { roles: [] };
const FIT: Claims = { roles: ['IMAP.AccessAsApp'] };
const signal = new AbortController().signal;

function setUp() {
  const state = { nowMs: NOON, claims: UNFIT, requests: 0, probed: [] as Target[] };
  const unfit = createUnfitTokens({
    refresh: async () => {
      await Promise.resolve();
      state.requests += 1;
      return {
        ok: true,
        token: new Secret('token'),
        facts: { endpoint: 'https://login.example' },
        claims: state.claims,
      };
    },
    probeNow: (target) => state.probed.push(target),
    now: () => state.nowMs,
  });
  return { state, unfit };
}

const cached = { token: { source: 'cache', endpoint: 'https://login.example' } } as const;
const lacking = (target: Target, startedAt = NOON) =>
  anEvidence({ target, startedAt, failed: { claims: { kind: 'claims' } }, facts: cached });

describe('while the token of an app is unfit', () => {
  test('one probe a minute asks for a fresh one, however many mailboxes there are', async () => {
    const { state, unfit } = setUp();
    const [a, b] = [aTarget({ mailbox: 'a' }), aTarget({ mailbox: 'b' })];
    expect(await unfit.renew(a, lacking(a), signal)).toBe(50_000);
    expect(await unfit.renew(b, lacking(b), signal)).toBeUndefined();
    expect(state.requests).toBe(1);
    state.nowMs += 50_000;
    expect(await unfit.renew(a, lacking(a), signal)).toBe(50_000);
    expect(state.requests).toBe(2);
  });

  test('a token that was issued for this probe is not asked for again', async () => {
    const { state, unfit } = setUp();
    const target = aTarget();
    const fresh = anEvidence({ target, failed: { claims: { kind: 'claims' } } });
    expect(await unfit.renew(target, fresh, signal)).toBe(50_000);
    expect(state.requests).toBe(0);
  });

  test('once it is fit, all that failed for it are probed at once', async () => {
    const { state, unfit } = setUp();
    const [a, b] = [aTarget({ mailbox: 'a' }), aTarget({ mailbox: 'b' })];
    await unfit.renew(a, lacking(a), signal);
    await unfit.renew(b, lacking(b), signal);
    state.nowMs += 50_000;
    state.claims = FIT;
    const begun = lacking(b, state.nowMs - 1);
    // Its own probe has not ended yet.
    expect(await unfit.renew(a, lacking(a), signal)).toBe(0);
    expect(state.probed.map(({ mailbox }) => mailbox.id)).toEqual(['b']);
    expect(await unfit.renew(b, begun, signal)).toBe(0);
    expect(state.requests).toBe(2);
  });
});

test('a probe whose token is fit asks for nothing', async () => {
  const { state, unfit } = setUp();
  const target = aTarget();
  expect(await unfit.renew(target, anEvidence({ target }), signal)).toBeUndefined();
  expect(state.requests).toBe(0);
});
