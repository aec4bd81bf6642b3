/**
 * The state of each target, app and problem at one moment. Written by `status/`, read by `report/`, `diagnosis/` and
 * `commands/`. Times are in epoch milliseconds.
 */
import type { Cause } from './cause.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Claims, ClockWitness, Evidence, RefreshFailure } from './evidence.ts';
import type { Failure } from './failure.ts';
import type { Target } from './target.ts';

/**
 * Whether a target is up or down. `unknown`: neither is confirmed yet, the last result is too old, or the prober itself
 * lacked resources or its network.
 */
export type Confirmed = 'unknown' | 'up' | 'down';

/** A probe and its diagnoses. The diagnoses of a successful probe are warnings. */
export interface ProbeResult {
  readonly evidence: Evidence;
  readonly success: boolean;
  readonly diagnoses: readonly Diagnosis[];
}

/** Counts of failed probes by cause. `unexplained` counts those to which no rule applied. */
export type FailuresByCause = Readonly<Partial<Record<Cause | 'unexplained', number>>>;

export interface TargetStatus {
  readonly target: Target;
  readonly confirmed: Confirmed;
  /** When the current state was confirmed. */
  readonly confirmedSince?: number;
  readonly consecutiveFailures: number;
  readonly consecutiveSuccesses: number;
  readonly lastProbe?: ProbeResult;
  readonly lastSuccess?: number;
  /** Start of the first failure of the current series of failures. */
  readonly failingSince?: number;
  /** True if the target fails and works by turns. */
  readonly intermittent?: true;
  /**
   * Present while the target recovers. The target is confirmed up when `successes`, its successes in a row, reach
   * `needed`.
   */
  readonly recovering?: { readonly successes: number; readonly needed: number };
  /** Start of the last probe that counts. `freshness.ts` says how long its result counts. */
  readonly resultAt?: number;
  /** How long the server asked mailprobe to wait, in its answer to the probe at `resultAt`. */
  readonly backOffMs?: number;
  readonly probesTotal: number;
  readonly failuresByCause: FailuresByCause;
  /** Newest first. Failures are kept longer than successes. */
  readonly history: readonly ProbeResult[];
}

export interface StatusChange {
  readonly target: Target;
  readonly from: Confirmed;
  readonly to: Confirmed;
  readonly at: number;
  readonly probe: ProbeResult;
}

/** The state of an app's cached token, without the token. */
export interface AppTokenState {
  readonly app: string;
  readonly requestsTotal: number;
  readonly failuresByCode: Readonly<Record<string, number>>;
  readonly expiresAt?: number;
  readonly claims?: Claims;
  readonly lastFailure?: { readonly failure: Failure; readonly at: number };
  readonly refreshFailure?: RefreshFailure;
  readonly clockSkewSeconds?: number;
  readonly clockWitness?: ClockWitness;
  /** Present if the configured credential is refused, and the previous one, which is still in memory, is used. */
  readonly replacementRefused?: { readonly failure: Failure; readonly since: number };
}

/**
 * All current diagnoses with the same cause, scope and subject. Forty mailboxes behind one expired secret, for example,
 * are one problem. The text comes from the diagnosis with the highest confidence. The severity is the highest of all.
 */
export interface Problem extends Diagnosis {
  /** `cause:scope:subject`. It never changes. */
  readonly id: string;
  readonly since: number;
  /** Mailbox ids, sorted. */
  readonly affectedMailboxes: readonly string[];
}

/**
 * A change of a problem. It is announced once to the parts that store, send or show it.
 * - `grew`     further mailboxes are affected, and all earlier ones still are
 * - `shrank`   some mailboxes are no longer affected, and no others are added
 * - `changed`  the diagnosis differs, or some mailboxes replaced others
 */
export type ProblemChange =
  | { readonly kind: 'opened'; readonly at: number; readonly after: Problem }
  | {
      readonly kind: 'grew' | 'shrank' | 'changed';
      readonly at: number;
      readonly before: Problem;
      readonly after: Problem;
    }
  | { readonly kind: 'closed'; readonly at: number; readonly before: Problem };

/** Everything that `report/` shows, as of one time. */
export interface Snapshot {
  readonly at: number;
  readonly targets: readonly TargetStatus[];
  readonly tokens: readonly AppTokenState[];
  readonly problems: readonly Problem[];
}
