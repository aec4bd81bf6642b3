/**
 * What a failure means: one named cause, its confidence, who can fix it, and how. Written by `diagnosis/`, read by
 * `status/`, `report/` and `commands/`.
 */
import type { Cause } from './cause.ts';

export const CONFIDENCES = ['certain', 'likely', 'possible'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

export const SCOPES = ['mailbox', 'app', 'tenant', 'endpoint', 'prober'] as const;
export type Scope = (typeof SCOPES)[number];

/** The subject of a diagnosis with scope `prober` if the replica has no name. */
export const PROBER = 'prober';

export const OWNERS = ['entra-admin', 'exchange-admin', 'network-admin', 'operator', 'microsoft'] as const;
export type Owner = (typeof OWNERS)[number];

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One step of a fix. `command` can be pasted unchanged into the shell that `shell` names. */
export interface FixStep {
  readonly text: string;
  readonly command?: string;
  readonly shell?: 'powershell' | 'sh';
}

/** Another cause that fits the same evidence, and a test that shows which of the two it is. */
export interface LookAlike {
  readonly cause: Cause;
  readonly test: string;
}

export interface Diagnosis {
  readonly cause: Cause;
  /** A variant of the cause, such as `secret-id-instead-of-value`. */
  readonly causeDetail?: string;
  readonly confidence: Confidence;
  readonly scope: Scope;
  /** Who or what is affected: a mailbox id, an app id, a tenant, `host:port`, or the prober's name, as `scope` says. */
  readonly subject: string;
  readonly owner: Owner;
  readonly severity: Severity;
  /** What is wrong, in one line, with names filled in. */
  readonly title: string;
  /** The facts that support the diagnosis, one line each. Messages of servers are verbatim. */
  readonly evidence: readonly string[];
  /** The steps in the order in which to take them. */
  readonly fix: readonly FixStep[];
  /** How long it takes until the fix has an effect, as a text. */
  readonly takesEffect?: string;
  readonly lookAlikes: readonly LookAlike[];
  /**
   * The cause of the diagnosis that explains the same failure better. Absent on the best diagnosis of a failure. Only
   * diagnoses without this member open a problem.
   */
  readonly alternativeTo?: Cause;
  /** The step of the set-up guide DOCU13517 that covers the cause. */
  readonly guideStep?: 1 | 2 | 3 | 4 | 5;
  readonly references: readonly string[];
}
