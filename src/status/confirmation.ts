/**
 * Decides when a target is confirmed up or down. One probe proves little: `failureThreshold` failures in a row confirm
 * `down`, and `successThreshold` successes in a row confirm `up`. An intermittent target needs more successes to be
 * confirmed up: see intermittence.ts.
 */
import { freshUntil } from '../model/freshness.ts';
import type { TargetCourse } from '../model/memory.ts';
import type { Confirmed } from '../model/status.ts';
import type { Target } from '../model/target.ts';
import { failsOften, isBackWithinHour, STEADY, successesNeeded, withRecent } from './intermittence.ts';

export interface Confirmation extends TargetCourse {
  readonly confirmed: Confirmed;
  readonly confirmedSince: number;
  readonly consecutiveSuccesses: number;
  readonly consecutiveFailures: number;
  /**
   * Failures in a row that count against the server. Failures because of this machine's network, or because mailprobe
   * lacked resources, do not count. Only counted failures confirm `down`.
   */
  readonly blamedFailures: number;
  /** True if the state is unknown because this machine's network is down, or because mailprobe lacked resources. */
  readonly cutOff: boolean;
  /** Start of the current series of failures. */
  readonly failingSince?: number;
  readonly lastFailureAt?: number;
  /** If present, the target is probed again after this time, outside of its interval. */
  readonly reprobeMs?: number;
}

export interface Outcome {
  readonly success: boolean;
  readonly startedAt: number;
  /**
   * True if mailprobe lacked resources. Also true if this machine's network was down, and the probe failed before a
   * server answered.
   */
  readonly isolated: boolean;
  /**
   * True if mailprobe lacked CPU time or file descriptors. A single such probe, for example after the machine slept,
   * does not change the confirmed state, because the next probe decides.
   */
  readonly starved: boolean;
  readonly throttled: boolean;
  readonly retryAfterSeconds?: number;
}

export function nothingKnown(now: number): Confirmation {
  return {
    confirmed: 'unknown',
    confirmedSince: now,
    changedAt: now,
    consecutiveSuccesses: 0,
    consecutiveFailures: 0,
    blamedFailures: 0,
    cutOff: false,
    ...STEADY,
  };
}

/** After at least this many probes in a row for which mailprobe lacked resources, a state becomes unknown. */
const STARVED_THRESHOLD = 2;
const LONGEST_REPROBE_MS = 30_000;
const SHORTEST_REPROBE_MS = 1_000;
/** The longest wait that a server can impose. The next probe starts within an hour. */
const LONGEST_WAIT_MS = 3_600_000;

export function confirm(before: Confirmation, target: Target, outcome: Outcome, now: number): Confirmation {
  // The clock may have been set back since this probe began, or since the probe before it.
  const earlier = withoutFuture(before, now);
  const probe = { ...outcome, startedAt: Math.min(outcome.startedAt, now) };
  const after = probe.success
    ? afterSuccess(earlier, target, probe, now)
    : afterFailure(earlier, target, probe, now);
  if (after.confirmed === before.confirmed) return failingSinceBefore(after);
  const isDownAgain = after.confirmed === 'down' && earlier.downSince !== undefined;
  const confirmedSince = isDownAgain ? earlier.downSince : now;
  return failingSinceBefore({
    ...after,
    confirmedSince,
    changedAt: changedAt(before, after.runSince ?? now, now),
  });
}

function withoutFuture(before: Confirmation, now: number): Confirmation {
  const { failingSince = now, lastFailureAt = now, downSince = now, confirmedSince } = before;
  if (Math.max(failingSince, lastFailureAt, downSince, confirmedSince) <= now) return before;
  return {
    ...before,
    confirmedSince: Math.min(confirmedSince, now),
    ...(before.failingSince === undefined ? {} : { failingSince: Math.min(failingSince, now) }),
    ...(before.lastFailureAt === undefined ? {} : { lastFailureAt: Math.min(lastFailureAt, now) }),
    ...(before.downSince === undefined ? {} : { downSince: Math.min(downSince, now) }),
  };
}

/**
 * While a target is confirmed down, `failingSince` is never later than `confirmedSince`, even after a single success.
 */
function failingSinceBefore(after: Confirmation): Confirmation {
  const { confirmed, failingSince, confirmedSince } = after;
  if (confirmed !== 'down' || failingSince === undefined || failingSince <= confirmedSince) return after;
  return { ...after, failingSince: confirmedSince };
}

/**
 * Makes the state unknown. Called for a target that only silence confirmed down, when this machine's network turns out
 * to be down. `changedAt` stays, so that the unknown state begins when the wrong `down` began.
 */
export function withdraw(before: Confirmation, now: number): Confirmation {
  const unknown = { confirmed: 'unknown', confirmedSince: now, blamedFailures: 0, cutOff: true } as const;
  const { downSince: _, ...kept } = before;
  return { ...kept, ...unknown };
}

/**
 * Makes the state unknown because the last result is too old. The change has the time at which the result became too
 * old.
 */
export function lapse(before: Confirmation, target: Target, now: number): Confirmation {
  const at = changedAt(before, freshUntil({ target, ...before }) ?? now, now);
  const { runSince: _, ...kept } = before;
  return { ...kept, confirmed: 'unknown', confirmedSince: now, changedAt: at };
}

/**
 * Returns `at` as the time of a change of state, but not earlier than the previous change and not later than `now`. If
 * the clock was set back, the previous change does not limit the time.
 */
function changedAt(before: Confirmation, at: number, now: number): number {
  return now < before.changedAt ? Math.min(at, now) : Math.min(Math.max(at, before.changedAt), now);
}

/**
 * Returns how many successes in a row the target has, and how many confirm it up. Undefined if the target is up, or if
 * the last probe failed.
 */
export function recoveringOf(
  target: Target,
  { confirmed, consecutiveSuccesses: successes, ...course }: Confirmation,
): { readonly successes: number; readonly needed: number } | undefined {
  return confirmed === 'up' || successes === 0
    ? undefined
    : { successes, needed: successesNeeded(target, course) };
}

function afterSuccess(
  before: Confirmation,
  target: Target,
  { startedAt }: Outcome,
  now: number,
): Confirmation {
  const after: Confirmation = {
    ...withoutFailures(before),
    consecutiveSuccesses: before.consecutiveSuccesses + 1,
    consecutiveFailures: 0,
    blamedFailures: 0,
    cutOff: false,
    resultAt: startedAt,
    runSince: (before.consecutiveSuccesses > 0 ? before.runSince : undefined) ?? startedAt,
    recent: withRecent(before.recent, target, { at: startedAt, failed: false }),
  };
  if (after.consecutiveSuccesses < successesNeeded(target, before)) return after;
  if (after.downSince === undefined) return after.confirmed === 'up' ? after : { ...after, confirmed: 'up' };
  const { downSince: _, ...up } = after;
  return { ...up, ...STEADY, confirmed: 'up', recoveredAt: now };
}

/** Removes the members that only a series of failures sets. Usually there are none, and the same object is returned. */
function withoutFailures(before: Confirmation): Confirmation {
  const left = [before.reprobeMs, before.backOffMs, before.failingSince, before.lastFailureAt];
  if (left.every((member) => member === undefined)) return before;
  const { reprobeMs: _, backOffMs: _waited, failingSince: _failing, lastFailureAt: _last, ...kept } = before;
  return kept;
}

function afterFailure(before: Confirmation, target: Target, outcome: Outcome, now: number): Confirmation {
  const { reprobeMs: _, backOffMs: waitedMs, ...kept } = before;
  const { startedAt, isolated, starved } = outcome;
  // A target that was confirmed down counts as down, even if its state was unknown afterwards because the machine
  // slept.
  const wasDown = before.downSince !== undefined;
  const isSameFailure = wasDown || runGoesOn(before, target, startedAt);
  const consecutiveFailures = isSameFailure ? before.consecutiveFailures + 1 : 1;
  const blamedFailures = isolated ? 0 : isSameFailure ? before.blamedFailures + 1 : 1;
  const needed = starved ? Math.max(target.failureThreshold, STARVED_THRESHOLD) : target.failureThreshold;
  const isSettled = (isolated ? consecutiveFailures : blamedFailures) >= needed;
  const isSameRun = isolated ? isSameFailure && before.blamedFailures === 0 : blamedFailures > 1;
  const recent = isolated
    ? before.recent
    : withRecent(before.recent, target, { at: startedAt, failed: true });
  const isOften = !isolated && failsOften(recent, target);
  // If a target was down and was not confirmed up since, it is down again at its first failure.
  const isDown = !isolated && (isSettled || isOften || wasDown);
  const isBack = isDown && !wasDown && isBackWithinHour(before, now);
  const reprobeMs = reprobeMsAfter(target, outcome, isSettled);
  const backOffMs = isolated ? waitedMs : askedWaitMs(outcome);
  return {
    ...kept,
    confirmed: isDown ? 'down' : isSettled ? 'unknown' : before.confirmed,
    consecutiveSuccesses: 0,
    consecutiveFailures,
    blamedFailures,
    cutOff: isSettled && isolated,
    failingSince: (isSameFailure ? before.failingSince : undefined) ?? startedAt,
    lastFailureAt: startedAt,
    ...(isolated ? {} : { resultAt: startedAt }),
    ...(backOffMs === undefined ? {} : { backOffMs }),
    runSince: (isSameRun ? before.runSince : undefined) ?? startedAt,
    ...(isDown && !wasDown ? { downSince: now } : {}),
    intermittent: before.intermittent || isOften || isBack,
    recent,
    ...(reprobeMs === undefined ? {} : { reprobeMs }),
  };
}

/**
 * Whether this failure continues the series before it. If the last failure is too old, because the machine slept or the
 * target was not probed, a new series begins.
 */
function runGoesOn(before: Confirmation, { intervalMs }: Target, startedAt: number): boolean {
  if (before.lastFailureAt === undefined) return false;
  const longestGapMs = Math.max(3 * intervalMs, (before.reprobeMs ?? 0) + 2 * intervalMs);
  return startedAt - before.lastFailureAt <= longestGapMs;
}

function reprobeMsAfter({ intervalMs }: Target, outcome: Outcome, isSettled: boolean): number | undefined {
  const quickMs = Math.max(SHORTEST_REPROBE_MS, Math.min(intervalMs / 4, LONGEST_REPROBE_MS));
  if (!outcome.throttled) return isSettled ? undefined : quickMs;
  // A server that throttles mailprobe is not probed again before the time that it asks for. If it asks for none, the
  // usual interval applies.
  const waitMs = askedWaitMs(outcome);
  if (waitMs === undefined || (isSettled && waitMs <= intervalMs)) return undefined;
  return Math.max(waitMs, SHORTEST_REPROBE_MS);
}

/**
 * Returns for how many milliseconds the server asked mailprobe to wait, at most an hour. Undefined if it did not ask.
 */
function askedWaitMs({ throttled, retryAfterSeconds = 0 }: Outcome): number | undefined {
  if (!throttled || retryAfterSeconds <= 0) return undefined;
  return Math.min(retryAfterSeconds * 1_000, LONGEST_WAIT_MS);
}
