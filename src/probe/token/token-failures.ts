/**
 * The failures since the last granted token: when they began, how many equal ones there are, and how long to wait
 * before the next request. Pure. Used by `app-token.ts`.
 */
import type { RefreshFailure } from '../../model/evidence.ts';
import { pauseAfter } from './token-pauses.ts';
import type { TokenOutcome } from './token-source.ts';

/**
 * `outcome` and `at` are those of the last failure. `since` is the time of the first failure after the last success.
 */
export interface FailureRun {
  readonly outcome: Extract<TokenOutcome, { ok: false }>;
  readonly since: number;
  readonly at: number;
  /** The number of equal failures in a row. The pauses grow with it. */
  readonly failures: number;
  /** True if a valid token was in the cache at the last failure. */
  readonly tokenLived: boolean;
}

/**
 * Returns the run with one more failure. `askedAnewAt` is when a check of the credential was requested. If the last
 * failure was earlier, the count of equal failures starts again.
 */
export function withFailure(
  before: FailureRun | undefined,
  { outcome, at, tokenLived }: Pick<FailureRun, 'outcome' | 'at' | 'tokenLived'>,
  askedAnewAt: number,
): FailureRun {
  const { kind, code } = outcome.failure;
  const isAlike =
    before?.outcome.failure.kind === kind &&
    before.outcome.failure.code === code &&
    before.tokenLived === tokenLived &&
    before.at >= askedAnewAt;
  const failures = isAlike ? before.failures + 1 : 1;
  return { outcome, since: before?.since ?? at, at, failures, tokenLived };
}

/**
 * Returns the run while its pause lasts, otherwise undefined. If the clock is set back, the pause must not become
 * longer.
 */
export function whilePaused(
  run: FailureRun | undefined,
  now: number,
  pauseMs: (run: FailureRun) => number,
): FailureRun | undefined {
  return run !== undefined && Math.abs(now - run.at) < pauseMs(run) ? run : undefined;
}

/**
 * Returns the pause before the next request, in milliseconds. If the token was valid at the last failure and has ended
 * since, the pause is that of a first failure.
 */
export function pauseOf({ outcome, failures, tokenLived }: FailureRun, hasToken: boolean): number {
  return pauseAfter(outcome.failure, !hasToken && tokenLived ? 1 : failures, hasToken);
}

/**
 * Returns a warning, with the end of the token, if renewals fail although the token is still valid. Empty if there is
 * no failure or no valid token.
 */
export function refreshFailureOf(
  run: FailureRun | undefined,
  tokenExpiresAt: number | undefined,
  now: number,
): { readonly refreshFailure?: RefreshFailure } {
  if (run === undefined || tokenExpiresAt === undefined || now >= tokenExpiresAt) return {};
  const { failure, facts } = run.outcome;
  return {
    refreshFailure: {
      failure,
      since: run.since,
      tokenExpiresAt,
      ...(facts.stoppedAt !== undefined && { stoppedAt: facts.stoppedAt }),
    },
  };
}
