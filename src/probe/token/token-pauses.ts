/**
 * How long is a token used, when is it renewed, and how long is no request sent after a failure? All numbers of the
 * token cache are here. Pure.
 */
import { createHash } from 'node:crypto';
import type { Failure, FailureKind } from '../../model/failure.ts';

/**
 * Each app renews its token at a share of the lifetime between these two. The shares differ, so that not all apps renew
 * at once.
 */
const RENEWED_FROM = 0.5;
const RENEWED_UNTIL = 0.8;
/** In this last part of its lifetime, a token is not used, because it could end during a login. */
const MARGIN_MS = 30_000;
/**
 * The last part in which a token is not used is at most this share of the lifetime. So a token with a short lifetime is
 * cached, too.
 */
const MARGIN_SHARE = 0.1;

/**
 * The pauses grow after a refusal by Entra, and if a renewal fails while a token is valid. During a pause, all callers
 * get the same answer. So a wrong secret is sent once for any number of mailboxes.
 */
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 300_000;
/**
 * The pause if there is no token, and the failure may pass or be fixed here: a failure of the network, a server's 5xx,
 * a file that cannot be read.
 */
const PASSING_PAUSE_MS = 5_000;
/** The pause if a server throttles without naming a time. */
const UNTOLD_THROTTLE_SECONDS = 60;

const LASTING: ReadonlySet<FailureKind> = new Set(['rejected', 'http', 'throttled', 'unexpected']);

export interface TokenTimes {
  /** If the clock is earlier than this, it was set back, and the token is not used. */
  readonly usableFrom: number;
  readonly expiresAt: number;
  /** After this time, the next caller starts a renewal in the background. */
  readonly renewAt: number;
  /** After this time, the token is not used any more. */
  readonly usableUntil: number;
}

/** `seed` decides at which share of the lifetime the renewal begins. The result is the same after every restart. */
export function tokenTimes(sentAt: number, lifetimeMs: number, seed: string): TokenTimes {
  const expiresAt = sentAt + lifetimeMs;
  const share = RENEWED_FROM + (RENEWED_UNTIL - RENEWED_FROM) * stableFraction(seed);
  return {
    usableFrom: sentAt - MARGIN_MS,
    expiresAt,
    renewAt: sentAt + lifetimeMs * share,
    usableUntil: expiresAt - Math.min(MARGIN_MS, lifetimeMs * MARGIN_SHARE),
  };
}

/**
 * Returns the pause before the next request, in milliseconds. `failures`: the number of equal failures in a row,
 * including this one.
 */
export function pauseAfter(failure: Failure, failures: number, tokenLives: boolean): number {
  const growing = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  const without = isLasting(failure) ? FIRST_PAUSE_MS : PASSING_PAUSE_MS;
  return Math.max(tokenLives || isRefusal(failure) ? growing : without, askedPauseMs(failure));
}

/**
 * Returns the pause that the server asked for, in milliseconds, or 0. No request is sent before its end, not even to
 * check the credential.
 */
export function askedPauseMs(failure: Failure): number {
  const seconds = failure.retryAfterSeconds ?? (failure.kind === 'throttled' ? UNTOLD_THROTTLE_SECONDS : 0);
  return seconds * 1000;
}

/** True if Entra refused the request, which only people can fix. */
function isRefusal(failure: Failure): boolean {
  return failure.kind === 'rejected' && isLasting(failure);
}

function isLasting({ kind, status = '' }: Failure): boolean {
  return LASTING.has(kind) && !/^5\d\d$/.test(status);
}

function stableFraction(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32BE(0) / 2 ** 32;
}
