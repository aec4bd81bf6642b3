/**
 * Decides when a token of one app for one scope is requested. At most one request is in flight. A renewal runs in the
 * background, and a valid token is used even if its renewal fails. After a failure, `acquire` sends no request before
 * the pause is over. There are no timers, because each request starts in a call of `acquire` or `refresh`.
 * token-record.ts holds the token, or the failure to get one.
 */
import type { AppTokenState } from '../../model/status.ts';
import { NO_COUNTERS, type TokenCounters } from './token-counters.ts';
import { type FailureRun, pauseOf, whilePaused } from './token-failures.ts';
import { askedPauseMs } from './token-pauses.ts';
import { createTokenRecord } from './token-record.ts';
import type { TokenReply } from './token-reply.ts';
import type { TokenOutcome } from './token-source.ts';

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
  const record = createTokenRecord(seed, before);
  let request: Promise<TokenOutcome> | undefined;
  let requestBegunAt = 0;
  /**
   * The latest `since` passed to `refresh`: when a check of the credential was last requested, in epoch milliseconds.
   * Failures before that time do not count, so the pauses begin with the shortest one again.
   */
  let askedAnewAt = 0;

  const fetchOnce = async (): Promise<TokenOutcome> => {
    requestBegunAt = Date.now();
    const reply = await fetch();
    request = undefined;
    const outcome = record.note(reply, { now: Date.now(), askedAnewAt });
    onAnswer(outcome);
    return outcome;
  };
  const fetchShared = (): Promise<TokenOutcome> => (request ??= fetchOnce());
  const fetchUnless = (paused: FailureRun | undefined, now: number): TokenOutcome | Promise<TokenOutcome> =>
    paused === undefined || request !== undefined ? fetchShared() : record.repeated(paused, now);

  return {
    acquire: () => {
      const now = Date.now();
      const token = record.usable(now);
      const failing = record.failing();
      const paused = whilePaused(failing, now, (run) => pauseOf(run, token !== undefined));
      if (token === undefined) return fetchUnless(paused, now);
      // After a failure, the renewal is repeated even if the token is young, because the fault may have been fixed.
      if (failing === undefined ? now >= token.times.renewAt : paused === undefined) void fetchShared();
      return record.served(token, now);
    },
    refresh: (since = 0) => {
      const now = Date.now();
      askedAnewAt = Math.max(askedAnewAt, since);
      if (request !== undefined && requestBegunAt < since) return request.then(() => fetchShared());
      const paused = whilePaused(record.failing(), now, ({ outcome }) => askedPauseMs(outcome.failure));
      return fetchUnless(paused, now);
    },
    restore: record.counting.restore,
    state: () => ({ app, ...record.state(Date.now()) }),
  };
}
