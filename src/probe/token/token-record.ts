/**
 * Holds the token of one app for one scope, or the failure to get one, with the counters and the facts that the answers
 * have shown. Sends nothing. Used by app-token.ts, which decides when a token is requested.
 */
import type { TokenFacts } from '../../model/evidence.ts';
import type { AppTokenState } from '../../model/status.ts';
import { createTokenCounting, type TokenCounters, type TokenCounting } from './token-counters.ts';
import { type FailureRun, refreshFailureOf, withFailure } from './token-failures.ts';
import { type TokenTimes, tokenTimes } from './token-pauses.ts';
import type { TokenReply } from './token-reply.ts';
import type { TokenOutcome } from './token-source.ts';

type Granted = Extract<TokenOutcome, { ok: true }>;

export interface CachedToken {
  readonly times: TokenTimes;
  /** The result for every probe of the app until the token is renewed. */
  readonly fromCache: Granted;
}

/** Times in epoch milliseconds. */
export interface Moment {
  readonly now: number;
  /** When a check of the credential was last requested. */
  readonly askedAnewAt: number;
}

export interface TokenRecord {
  readonly counting: TokenCounting;
  /** Returns the cached token. Undefined if there is none, or if it is not valid at that time. */
  readonly usable: (now: number) => CachedToken | undefined;
  /** Returns the failures since the last token. Undefined if there are none. */
  readonly failing: () => FailureRun | undefined;
  /** Records a reply. Returns the outcome for the callers that waited for the reply. */
  readonly note: (reply: TokenReply, moment: Moment) => TokenOutcome;
  /** Returns the outcome for a caller that is served from the cache, with a warning if the renewal fails. */
  readonly served: (token: CachedToken, now: number) => TokenOutcome;
  /** Returns the outcome for a caller while a pause lasts: the last failure. */
  readonly repeated: (run: FailureRun, now: number) => TokenOutcome;
  readonly state: (now: number) => Omit<AppTokenState, 'app'>;
}

interface Known {
  cached: CachedToken | undefined;
  failing: FailureRun | undefined;
  replacementRefused: AppTokenState['replacementRefused'];
  clock: Pick<TokenFacts, 'clockSkewSeconds' | 'clockWitness'>;
}

/** `seed` spreads the renewals of many apps. */
export function createTokenRecord(seed: string, before: TokenCounters): TokenRecord {
  const counting = createTokenCounting(before);
  const known: Known = { cached: undefined, failing: undefined, replacementRefused: undefined, clock: {} };
  return {
    counting,
    usable: (now) => usable(known, now),
    failing: () => known.failing,
    note: (reply, moment) => {
      counting.requested(reply.requests);
      known.clock = clockOf(reply.facts) ?? known.clock;
      return reply.ok
        ? noteToken(known, reply, seed, counting, moment)
        : noteFailure(known, reply, counting, moment);
    },
    served: ({ fromCache }, now) =>
      known.failing === undefined
        ? fromCache
        : { ...fromCache, facts: { ...fromCache.facts, ...refreshFailure(known, now) } },
    repeated: ({ outcome }, now) => ({
      ...outcome,
      facts: { ...outcome.facts, source: 'cache', ...refreshFailure(known, now) },
    }),
    state: (now) => stateOf(known, counting, now),
  };
}

function usable({ cached }: Known, now: number): CachedToken | undefined {
  return cached !== undefined && now >= cached.times.usableFrom && now < cached.times.usableUntil
    ? cached
    : undefined;
}

function noteToken(
  known: Known,
  reply: Extract<TokenReply, { ok: true }>,
  seed: string,
  counting: TokenCounting,
  { now }: Moment,
): TokenOutcome {
  const times = tokenTimes(reply.sentAt, reply.lifetimeMs, seed);
  const facts: TokenFacts = { ...reply.facts, expiresAt: times.expiresAt };
  const granted: Granted = { ok: true, token: reply.token, claims: reply.claims, facts };
  known.cached = { times, fromCache: { ...granted, facts: { ...facts, source: 'cache' } } };
  known.failing = undefined;
  const refused = reply.facts.replacementRefused;
  if (refused !== undefined) counting.count(refused);
  known.replacementRefused = refused && { failure: refused, since: known.replacementRefused?.since ?? now };
  return granted;
}

function noteFailure(
  known: Known,
  { failure, facts }: Extract<TokenReply, { ok: false }>,
  counting: TokenCounting,
  { now, askedAnewAt }: Moment,
): TokenOutcome {
  const outcome = { ok: false, failure, facts } as const;
  // Our own abort says nothing about the app.
  if (failure.kind === 'aborted') return outcome;
  counting.failed(failure, now);
  const tokenLived = usable(known, now) !== undefined;
  known.failing = withFailure(known.failing, { outcome, at: now, tokenLived }, askedAnewAt);
  return { ...outcome, facts: { ...facts, ...refreshFailure(known, now) } };
}

function refreshFailure({ failing, cached }: Known, now: number): ReturnType<typeof refreshFailureOf> {
  return refreshFailureOf(failing, cached?.times.expiresAt, now);
}

function stateOf(known: Known, counting: TokenCounting, now: number): Omit<AppTokenState, 'app'> {
  const { cached, clock, replacementRefused } = known;
  return {
    ...counting.state(),
    ...(cached !== undefined && { expiresAt: cached.times.expiresAt, claims: cached.fromCache.claims }),
    ...refreshFailure(known, now),
    ...clock,
    ...(replacementRefused !== undefined && { replacementRefused }),
  };
}

/** Undefined if the answer had no credible date. */
function clockOf({ clockSkewSeconds, clockWitness }: TokenFacts): Known['clock'] | undefined {
  if (clockSkewSeconds === undefined) return undefined;
  return { clockSkewSeconds, ...(clockWitness !== undefined && { clockWitness }) };
}
