/**
 * Holds the token of one app for one scope, or the failure to get one. At most one request is in flight. A renewal runs
 * in the background, and a valid token is used even if its renewal fails. After a failure, `acquire` sends no request
 * before the pause is over. There are no timers, because each request starts in a call of `acquire` or `refresh`.
 */
import type { TokenFacts } from '../../model/evidence.ts';
import type { Failure } from '../../model/failure.ts';
import type { AppTokenState } from '../../model/status.ts';
import { createTokenCounting, NO_COUNTERS, type TokenCounters } from './token-counters.ts';
import { type FailureRun, pauseOf, refreshFailureOf, whilePaused, withFailure } from './token-failures.ts';
import { askedPauseMs, type TokenTimes, tokenTimes } from './token-pauses.ts';
import type { TokenReply } from './token-reply.ts';
import type { TokenOutcome } from './token-source.ts';

type Granted = Extract<TokenOutcome, { ok: true }>;

interface Cached extends Granted {
  readonly times: TokenTimes;
  /** The result for every probe of the app until the token is renewed. */
  readonly fromCache: Granted;
}

export interface AppToken {
  /** Returns the cached token, or joins the request in flight, or returns the last failure while its pause lasts. */
  readonly acquire: () => TokenOutcome | Promise<TokenOutcome>;
  /**
   * Requests a new token, or joins a request that began at `since` or later. While a pause that the server asked for
   * lasts, returns the last failure.
   */
  readonly refresh: (since?: number) => TokenOutcome | Promise<TokenOutcome>;
  readonly state: () => AppTokenState;
  /** Adds the counters of the previous process, if the store was read only after this token was created. */
  readonly restore: (before: TokenCounters) => void;
}

/** `seed` spreads the renewals of many apps. `fetch` never rejects. `onAnswer` is called with each answer. */
export function createAppToken(
  app: string,
  seed: string,
  fetch: () => Promise<TokenReply>,
  onAnswer: (outcome: TokenOutcome) => void,
  before: TokenCounters = NO_COUNTERS,
): AppToken {
  const counting = createTokenCounting(before);
  let cached: Cached | undefined;
  let failing: FailureRun | undefined;
  let request: Promise<TokenOutcome> | undefined;
  let requestBegunAt = 0;
  /**
   * The time for which a check of the credential was last requested, in epoch milliseconds. Failures before it do not
   * count, so the pauses begin with the shortest one again.
   */
  let askedAnewAt = 0;
  let replacementRefused: AppTokenState['replacementRefused'];
  let clock: Pick<TokenFacts, 'clockSkewSeconds' | 'clockWitness'> = {};

  const usable = (now: number): typeof cached =>
    cached !== undefined && now >= cached.times.usableFrom && now < cached.times.usableUntil
      ? cached
      : undefined;
  const refreshFailure = (now: number): ReturnType<typeof refreshFailureOf> =>
    refreshFailureOf(failing, cached?.times.expiresAt, now);

  const succeed = (reply: Extract<TokenReply, { ok: true }>): TokenOutcome => {
    const times = tokenTimes(reply.sentAt, reply.lifetimeMs, seed);
    const facts: TokenFacts = { ...reply.facts, expiresAt: times.expiresAt };
    const outcome: Granted = { ok: true, token: reply.token, claims: reply.claims, facts };
    cached = { ...outcome, times, fromCache: { ...outcome, facts: { ...facts, source: 'cache' } } };
    failing = undefined;
    const refused = reply.facts.replacementRefused;
    if (refused !== undefined) counting.count(refused);
    replacementRefused = refused && { failure: refused, since: replacementRefused?.since ?? Date.now() };
    return outcome;
  };
  const fail = (failure: Failure, facts: TokenFacts): TokenOutcome => {
    const outcome = { ok: false, failure, facts } as const;
    // Our own abort says nothing about the app.
    if (failure.kind === 'aborted') return outcome;
    const now = Date.now();
    counting.failed(failure, now);
    failing = withFailure(failing, { outcome, at: now, tokenLived: usable(now) !== undefined }, askedAnewAt);
    return { ...outcome, facts: { ...facts, ...refreshFailure(now) } };
  };
  const fetchOnce = async (): Promise<TokenOutcome> => {
    requestBegunAt = Date.now();
    const reply = await fetch();
    request = undefined;
    counting.requested(reply.requests);
    clock = clockOf(reply.facts) ?? clock;
    const outcome = reply.ok ? succeed(reply) : fail(reply.failure, reply.facts);
    onAnswer(outcome);
    return outcome;
  };
  const fetchShared = (): Promise<TokenOutcome> => (request ??= fetchOnce());
  const recorded = (now: number, { outcome }: FailureRun): TokenOutcome => ({
    ...outcome,
    facts: { ...outcome.facts, source: 'cache', ...refreshFailure(now) },
  });

  return {
    acquire: () => {
      const now = Date.now();
      const token = usable(now);
      const paused = whilePaused(failing, now, (run) => pauseOf(run, token !== undefined));
      if (token === undefined)
        return paused === undefined || request !== undefined ? fetchShared() : recorded(now, paused);
      // After a failure, the renewal is repeated even if the token is young, because the fault may have been fixed.
      if (failing === undefined ? now >= token.times.renewAt : paused === undefined) void fetchShared();
      const { fromCache } = token;
      if (failing === undefined) return fromCache;
      return { ...fromCache, facts: { ...fromCache.facts, ...refreshFailure(now) } };
    },
    refresh: (since = 0) => {
      const now = Date.now();
      askedAnewAt = Math.max(askedAnewAt, since);
      if (request !== undefined && requestBegunAt < since) return request.then(() => fetchShared());
      const paused = whilePaused(failing, now, ({ outcome }) => askedPauseMs(outcome.failure));
      return paused === undefined || request !== undefined ? fetchShared() : recorded(now, paused);
    },
    restore: counting.restore,
    state: () => ({
      app,
      ...counting.state(),
      ...(cached !== undefined && { expiresAt: cached.times.expiresAt, claims: cached.claims }),
      ...refreshFailure(Date.now()),
      ...clock,
      ...(replacementRefused !== undefined && { replacementRefused }),
    }),
  };
}

/** Undefined if the answer had no credible date. */
function clockOf({
  clockSkewSeconds,
  clockWitness,
}: TokenFacts): Pick<TokenFacts, 'clockSkewSeconds' | 'clockWitness'> | undefined {
  if (clockSkewSeconds === undefined) return undefined;
  return { clockSkewSeconds, ...(clockWitness !== undefined && { clockWitness }) };
}
