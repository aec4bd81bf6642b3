/**
 * How long a token is used, when it is renewed, and how long nobody is asked after a failure. All the numbers of
 * the token cache stand here. Pure: the caller brings the time.
 */
import { createHash } from 'node:crypto';
import type { Failure, FailureKind } from '../../model/evidence.ts';

/** Renewal begins at a share of the lifetime that differs between apps, so that they do not all ask at once. */
const RENEWED_FROM = 0.5;
const RENEWED_UNTIL = 0.8;
/** A token is not handed out so shortly before its end that it could end in mid-login ... */
const MARGIN_MS = 30_000;
/** ... but one that lives for a minute only is still worth keeping. */
const MARGIN_SHARE = 0.1;

/**
 * What Entra has refused, and renewals that fail while a token lives, are asked for again at growing distances. One
 * answer serves all who ask in between: a wrong secret, however many the mailboxes.
 */
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 300_000;
/** Without a token, the same for what may pass by itself or be mended here: the network, a server's 5xx, a file. */
const PASSING_PAUSE_MS = 5_000;
/** Where a server says `too many requests` without saying for how long. */
const UNTOLD_THROTTLE_SECONDS = 60;

const LASTING: ReadonlySet<FailureKind> = new Set(['rejected', 'http', 'throttled', 'unexpected']);

export interface TokenTimes {
  /** A time before this means that the clock was set back, and that the other times are wrong. */
  readonly usableFrom: number;
  readonly expiresAt: number;
  /** From here on the first who asks starts a renewal in the background. */
  readonly renewAt: number;
  /** Until here it is handed out. */
  readonly usableUntil: number;
}

/** `seed` decides where between the two shares the renewal begins: the same at every start. */
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

/** Milliseconds without a request of our own accord. `failures`: alike and in a row, this one included. */
export function pauseAfter(failure: Failure, failures: number, tokenLives: boolean): number {
  const growing = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
  const without = isLasting(failure) ? FIRST_PAUSE_MS : PASSING_PAUSE_MS;
  return Math.max(tokenLives || isRefusal(failure) ? growing : without, askedPauseMs(failure));
}

/** Milliseconds that the server wants to be left alone; 0 where it did not say so. Not even a forced request is sent. */
export function askedPauseMs(failure: Failure): number {
  const seconds = failure.retryAfterSeconds ?? (failure.kind === 'throttled' ? UNTOLD_THROTTLE_SECONDS : 0);
  return seconds * 1000;
}

/** Entra read the request and said no: only people can mend that. */
function isRefusal(failure: Failure): boolean {
  return failure.kind === 'rejected' && isLasting(failure);
}

function isLasting({ kind, status = '' }: Failure): boolean {
  return LASTING.has(kind) && !/^5\d\d$/.test(status);
}

function stableFraction(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32BE(0) / 2 ** 32;
}
