/**
 * The token of one app for one scope: cached, being fetched, or refused with the reason. The rules: one request in
 * flight; renewal in the background; a valid token is served even if its renewal fails; no request before the pause
 * after a failure is over. It has no timers: callers start everything.
 */
import type { Failure, RefreshFailure, TokenFacts } from '../../model/evidence.ts';
import type { AppTokenState } from '../../model/status.ts';
import { askedPauseMs, pauseAfter, type TokenTimes, tokenTimes } from './token-pauses.ts';
import type { TokenReply } from './token-reply.ts';
import type { TokenOutcome } from './token-source.ts';

type Granted = Extract<TokenOutcome, { ok: true }>;
type Refused = Extract<TokenOutcome, { ok: false }>;

export interface AppToken {
  /** Returns the cached token, or joins the request in flight, or returns the last failure while its pause lasts. */
  readonly acquire: () => TokenOutcome | Promise<TokenOutcome>;
  /** Joins a request begun after `since`, or sends a new one, unless the server asked for a pause. */
  readonly refresh: (since?: number) => TokenOutcome | Promise<TokenOutcome>;
  readonly state: () => AppTokenState;
  /** Counts of the process before, where they could be read only now. */
  readonly restore: (before: TokenCounters) => void;
}

/** At most this many codes are counted, because a server may invent some. Beyond that, only the kind counts. */
const MOST_CODES = 50;

/** Failures since the last success. */
interface LegFailure {
  readonly outcome: Refused;
  readonly since: number;
  readonly at: number;
  /** Equal failures in a row: the pauses grow with it. */
  readonly failures: number;
  /** A valid token was cached, and served meanwhile. */
  readonly tokenLived: boolean;
}

/** What of a token's life continues in the next process. */
export type TokenCounters = Pick<AppTokenState, 'requestsTotal' | 'failuresByCode' | 'lastFailure'>;

const NO_COUNTERS: TokenCounters = { requestsTotal: 0, failuresByCode: {} };

/** `seed` spreads the renewals of many apps. `fetch` never rejects. `onAnswer` is called with each answer. */
export function createAppToken(
  app: string,
  seed: string,
  fetch: () => Promise<TokenReply>,
  onAnswer: (outcome: TokenOutcome) => void,
  before: TokenCounters = NO_COUNTERS,
): AppToken {
  let hand: (Granted & { readonly times: TokenTimes }) | undefined;
  let trouble: LegFailure | undefined;
  let flight: Promise<TokenOutcome> | undefined;
  let flightBegunAt = 0;
  /** A file of the credential changed at that time: the pauses begin anew. */
  let askedAnewAt = 0;
  let replacementRefused: AppTokenState['replacementRefused'];
  let lastFailure = before.lastFailure;
  let clock: Pick<TokenFacts, 'clockSkewSeconds' | 'clockWitness'> = {};
  let { requestsTotal } = before;
  const failuresByCode = new Map(Object.entries(before.failuresByCode));

  const usableHand = (now: number): typeof hand =>
    hand !== undefined && now >= hand.times.usableFrom && now < hand.times.usableUntil ? hand : undefined;

  /** The last failure, while its pause lasts. A clock that is set back must not prolong it. */
  const freshFailure = (now: number, pauseMs: (last: LegFailure) => number): LegFailure | undefined =>
    trouble !== undefined && Math.abs(now - trouble.at) < pauseMs(trouble) ? trouble : undefined;

  /** The warning with the countdown. */
  const refreshFailure = (now: number): { readonly refreshFailure?: RefreshFailure } => {
    if (trouble === undefined || hand === undefined || now >= hand.times.expiresAt) return {};
    const { failure, facts } = trouble.outcome;
    return {
      refreshFailure: {
        failure,
        since: trouble.since,
        tokenExpiresAt: hand.times.expiresAt,
        ...(facts.stoppedAt !== undefined && { stoppedAt: facts.stoppedAt }),
      },
    };
  };

  const succeed = (reply: Extract<TokenReply, { ok: true }>): TokenOutcome => {
    const times = tokenTimes(reply.sentAt, reply.lifetimeMs, seed);
    const facts: TokenFacts = { ...reply.facts, expiresAt: times.expiresAt };
    const outcome: Granted = { ok: true, token: reply.token, claims: reply.claims, facts };
    hand = { ...outcome, times };
    trouble = undefined;
    const refused = reply.facts.replacementRefused;
    if (refused !== undefined) count(refused);
    replacementRefused = refused && { failure: refused, since: replacementRefused?.since ?? Date.now() };
    return outcome;
  };

  const count = ({ kind, code = kind }: Failure): void => {
    const name = failuresByCode.has(code) || failuresByCode.size < MOST_CODES ? code : kind;
    failuresByCode.set(name, (failuresByCode.get(name) ?? 0) + 1);
  };

  const fail = (failure: Failure, facts: TokenFacts): TokenOutcome => {
    // Our own abort says nothing about the app.
    if (failure.kind === 'aborted') return { ok: false, failure, facts };
    const now = Date.now();
    const tokenLived = usableHand(now) !== undefined;
    const isAlike =
      trouble?.outcome.failure.kind === failure.kind &&
      trouble.outcome.failure.code === failure.code &&
      trouble.tokenLived === tokenLived &&
      trouble.at >= askedAnewAt;
    const failures = isAlike ? (trouble?.failures ?? 0) + 1 : 1;
    count(failure);
    lastFailure = { failure, at: now };
    const outcome: Refused = { ok: false, failure, facts };
    trouble = { outcome, since: trouble?.since ?? now, at: now, failures, tokenLived };
    return { ok: false, failure, facts: { ...facts, ...refreshFailure(now) } };
  };

  const fetchOnce = async (): Promise<TokenOutcome> => {
    flightBegunAt = Date.now();
    const reply = await fetch();
    flight = undefined;
    requestsTotal += reply.requests;
    clock = clockOf(reply.facts) ?? clock;
    const outcome = reply.ok ? succeed(reply) : fail(reply.failure, reply.facts);
    onAnswer(outcome);
    return outcome;
  };
  const fetchShared = (): Promise<TokenOutcome> => (flight ??= fetchOnce());

  const recorded = (now: number, { outcome }: LegFailure): TokenOutcome => ({
    ...outcome,
    facts: { ...outcome.facts, source: 'cache', ...refreshFailure(now) },
  });

  return {
    acquire: () => {
      const now = Date.now();
      const usable = usableHand(now);
      // When the token has ended, the pauses between its renewals end, too.
      const fresh = freshFailure(now, ({ outcome, failures, tokenLived }) =>
        usable === undefined && tokenLived
          ? pauseAfter(outcome.failure, 1, false)
          : pauseAfter(outcome.failure, failures, usable !== undefined),
      );
      if (usable === undefined) {
        return fresh === undefined || flight !== undefined ? fetchShared() : recorded(now, fresh);
      }
      // In trouble the renewal is tried again however young the token is: the fault may have been fixed.
      if (trouble === undefined ? now >= usable.times.renewAt : fresh === undefined) void fetchShared();
      const { token, claims, facts } = usable;
      return { ok: true, token, claims, facts: { ...facts, source: 'cache', ...refreshFailure(now) } };
    },
    refresh: (since = 0) => {
      const now = Date.now();
      askedAnewAt = Math.max(askedAnewAt, since);
      if (flight !== undefined && flightBegunAt < since) return flight.then(() => fetchShared());
      const quiet = freshFailure(now, ({ outcome }) => askedPauseMs(outcome.failure));
      return quiet === undefined || flight !== undefined ? fetchShared() : recorded(now, quiet);
    },
    restore: (known) => {
      requestsTotal += known.requestsTotal;
      lastFailure ??= known.lastFailure;
      for (const [code, failures] of Object.entries(known.failuresByCode))
        failuresByCode.set(code, (failuresByCode.get(code) ?? 0) + failures);
    },
    state: () => ({
      app,
      requestsTotal,
      failuresByCode: Object.fromEntries(failuresByCode),
      ...(hand !== undefined && { expiresAt: hand.times.expiresAt, claims: hand.claims }),
      ...(lastFailure !== undefined && { lastFailure }),
      ...refreshFailure(Date.now()),
      ...clock,
      ...(replacementRefused !== undefined && { replacementRefused }),
    }),
  };
}

/** Undefined where the answer had no date that can be believed. */
function clockOf({
  clockSkewSeconds,
  clockWitness,
}: TokenFacts): Pick<TokenFacts, 'clockSkewSeconds' | 'clockWitness'> | undefined {
  if (clockSkewSeconds === undefined) return undefined;
  return { clockSkewSeconds, ...(clockWitness !== undefined && { clockWitness }) };
}
