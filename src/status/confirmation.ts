/**
 * When is a mailbox confirmed up or down? The reducer from one look's outcome to the next state. One look proves
 * little: `failureThreshold` failures in a row make `down`, `successThreshold` successes `up`.
 */
import type { Confirmed } from '../model/status.ts';
import type { Target } from '../model/target.ts';

export interface Confirmation {
  readonly confirmed: Confirmed;
  /** Since when `confirmed` is what it is. */
  readonly confirmedSince: number;
  readonly consecutiveSuccesses: number;
  readonly consecutiveFailures: number;
  /** Failures in a row that our own network cannot be blamed for: only these make `down`. */
  readonly blamedFailures: number;
  /** Unknown because our own network is down, or this process starved. */
  readonly cutOff: boolean;
  /** Start of the run of failures. */
  readonly failingSince?: number;
  readonly lastFailureAt?: number;
  /** In how many milliseconds to look again, out of turn. */
  readonly reprobeMs?: number;
}

/** What confirmation needs to know of one look. */
export interface Outcome {
  readonly success: boolean;
  readonly startedAt: number;
  /** It failed before any server spoke, while our own network was down; or because this process was starved. */
  readonly isolated: boolean;
  readonly throttled: boolean;
  readonly retryAfterSeconds?: number;
}

export function nothingKnown(now: number): Confirmation {
  return {
    confirmed: 'unknown',
    confirmedSince: now,
    consecutiveSuccesses: 0,
    consecutiveFailures: 0,
    blamedFailures: 0,
    cutOff: false,
  };
}

const LONGEST_REPROBE_MS = 30_000;
const SHORTEST_REPROBE_MS = 1_000;
/** However long a server asks us to wait, we look again after an hour. */
const LONGEST_WAIT_MS = 3_600_000;

export function confirm(before: Confirmation, target: Target, outcome: Outcome, now: number): Confirmation {
  const after = outcome.success ? afterSuccess(before, target) : afterFailure(before, target, outcome);
  return after.confirmed === before.confirmed ? after : { ...after, confirmedSince: now };
}

/** Our network turned out to be down: what was confirmed down by silence alone is unknown. */
export function withdraw(before: Confirmation, now: number): Confirmation {
  return { ...before, confirmed: 'unknown', confirmedSince: now, blamedFailures: 0, cutOff: true };
}

function afterSuccess(before: Confirmation, target: Target): Confirmation {
  const consecutiveSuccesses = before.consecutiveSuccesses + 1;
  return {
    confirmed: consecutiveSuccesses >= target.successThreshold ? 'up' : before.confirmed,
    confirmedSince: before.confirmedSince,
    consecutiveSuccesses,
    consecutiveFailures: 0,
    blamedFailures: 0,
    cutOff: false,
  };
}

function afterFailure(before: Confirmation, target: Target, outcome: Outcome): Confirmation {
  const goesOn = runGoesOn(before, target, outcome.startedAt);
  // Down is down since its beginning, also where we slept in between.
  const isSameFailure = goesOn || before.confirmed === 'down';
  const consecutiveFailures = goesOn ? before.consecutiveFailures + 1 : 1;
  const blamedFailures = outcome.isolated ? 0 : goesOn ? before.blamedFailures + 1 : 1;
  const isSettled = (outcome.isolated ? consecutiveFailures : blamedFailures) >= target.failureThreshold;
  const reprobeMs = reprobeMsAfter(target, outcome, isSettled);
  return {
    confirmed: isSettled ? (outcome.isolated ? 'unknown' : 'down') : before.confirmed,
    confirmedSince: before.confirmedSince,
    consecutiveSuccesses: 0,
    consecutiveFailures,
    blamedFailures,
    cutOff: isSettled && outcome.isolated,
    failingSince: (isSameFailure ? before.failingSince : undefined) ?? outcome.startedAt,
    lastFailureAt: outcome.startedAt,
    ...(reprobeMs === undefined ? {} : { reprobeMs }),
  };
}

/** A failure from long ago (we slept, or were not scheduled) says nothing about a run that ends now. */
function runGoesOn(before: Confirmation, { intervalMs }: Target, startedAt: number): boolean {
  if (before.lastFailureAt === undefined) return false;
  const longestGapMs = Math.max(3 * intervalMs, (before.reprobeMs ?? 0) + 2 * intervalMs);
  return startedAt - before.lastFailureAt <= longestGapMs;
}

function reprobeMsAfter({ intervalMs }: Target, outcome: Outcome, isSettled: boolean): number | undefined {
  const quickMs = Math.max(SHORTEST_REPROBE_MS, Math.min(intervalMs / 4, LONGEST_REPROBE_MS));
  if (!outcome.throttled) return isSettled ? undefined : quickMs;
  // A server that throttles us is not asked again any sooner than it says, nor ahead of our turn if it does not say.
  const waitMs = Math.min((outcome.retryAfterSeconds ?? 0) * 1_000, LONGEST_WAIT_MS);
  if (waitMs === 0 || (isSettled && waitMs <= intervalMs)) return undefined;
  return Math.max(waitMs, SHORTEST_REPROBE_MS);
}
