/**
 * What we know of each target, app and problem at a moment. Written by `status/`, read by `report/`,
 * `diagnosis/` (as context) and `commands/`. Times in epoch milliseconds.
 */
import type { Cause } from './cause.ts';
import type { Confidence, Diagnosis, FixStep, Owner, Scope, Severity } from './diagnosis.ts';
import type { Claims, Evidence, Failure, RefreshFailure } from './evidence.ts';
import type { Target } from './target.ts';

/** `unknown` until the first look, and while the prober itself is cut off: neither up nor down. */
export type Confirmed = 'unknown' | 'up' | 'down';

/** A look and its verdict. A healthy look may carry diagnoses too: warnings. */
export interface Look {
  readonly evidence: Evidence;
  readonly success: boolean;
  readonly diagnoses: readonly Diagnosis[];
}

/** `unexplained`: no rule applied. */
export type FailuresByCause = Readonly<Partial<Record<Cause | 'unexplained', number>>>;

export interface TargetStatus {
  readonly target: Target;
  readonly confirmed: Confirmed;
  /** Since when `confirmed` is what it is. */
  readonly confirmedSince?: number;
  readonly consecutiveFailures: number;
  readonly consecutiveSuccesses: number;
  readonly lastLook?: Look;
  readonly lastSuccess?: number;
  /** Start of the unbroken run of failures that the last look belongs to. */
  readonly failingSince?: number;
  readonly probesTotal: number;
  readonly failuresByCause: FailuresByCause;
  /** Newest first. Successes drop out sooner than failures. */
  readonly history: readonly Look[];
}

/** A change that people want to read in a log or be told of, once. */
export interface StatusChange {
  readonly target: Target;
  readonly from: Confirmed;
  readonly to: Confirmed;
  readonly at: number;
  readonly look: Look;
}

/** What the token cache knows of an app, without the token. */
export interface AppTokenState {
  readonly app: string;
  readonly requestsTotal: number;
  readonly failuresByCode: Readonly<Record<string, number>>;
  readonly expiresAt?: number;
  readonly claims?: Claims;
  readonly lastFailure?: { readonly failure: Failure; readonly at: number };
  readonly refreshFailure?: RefreshFailure;
  readonly clockSkewSeconds?: number;
  /** The configured credential is refused; the one that stood in its place before is used, from memory. */
  readonly replacementRefused?: { readonly failure: Failure; readonly since: number };
}

/** Diagnoses of one cause and scope, grouped: forty mailboxes behind one secret are one problem. */
export interface Problem {
  /** Stable: `cause:scope:subject`. */
  readonly id: string;
  readonly cause: Cause;
  readonly scope: Scope;
  readonly subject: string;
  readonly owner: Owner;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly since: number;
  /** Mailbox ids, sorted. */
  readonly affectedMailboxes: readonly string[];
  readonly title: string;
  readonly fix: readonly FixStep[];
  readonly diagnosis: Diagnosis;
}

/** Everything that `report/` may show, at one moment. */
export interface Snapshot {
  readonly at: number;
  readonly targets: readonly TargetStatus[];
  readonly tokens: readonly AppTokenState[];
  readonly problems: readonly Problem[];
}
