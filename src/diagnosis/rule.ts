/**
 * The type of a rule: one cause with its condition, owner, fix and texts, as data. The rules are in `rules/`.
 * docs/diagnoses.md is generated from them.
 */
import type { Cause } from '../model/cause.ts';
import type { Confidence, FixStep, Owner, Scope, Severity } from '../model/diagnosis.ts';
import type { Names } from './names.ts';
import type { Position } from './precedence.ts';
import type { CaseFacts } from './case-facts.ts';

/** The result of a rule that applies. */
export interface Finding {
  readonly confidence: Confidence;
  /** The second position of the cause in precedence.ts. Present if the evidence moves the cause there. */
  readonly position?: Position;
  /** A variant of the cause. */
  readonly detail?: string;
  /** Further evidence, one line each. The failure itself is always shown. */
  readonly because?: readonly string[];
  /**
   * Overrides the severity of the rule. For example, a failed renewal is only a warning while the current token is
   * valid.
   */
  readonly severity?: Severity;
  /** The failure that the finding explains. Findings about the same failure compete with each other. */
  readonly about: About;
  /**
   * Replaces the scope `mailbox` of the rule: all mailboxes of the app, of the tenant, or at the endpoint are affected.
   */
  readonly scope?: Extract<Scope, 'app' | 'tenant' | 'endpoint'>;
  /** True if the title states more than the evidence proves. The title then begins with "Possibly". */
  readonly doubtful?: true;
  /** True if the finding concerns the configured proxy itself, not the endpoint behind the proxy. */
  readonly ofProxy?: true;
  /** Appended to the title: `the current token works until ...`. */
  readonly titleSuffix?: string;
  /** The end date in the title: `expires in 7 days, on 2026-12-04`. */
  readonly expiry?: string;
}

export interface Found {
  readonly cause: Cause;
  readonly finding: Finding;
}

/** What part of the evidence a finding explains. */
export type About =
  | 'token'
  | 'refresh'
  | 'mail'
  | 'claims'
  | 'clock'
  | 'certificate'
  | 'network'
  | 'credential'
  | 'permissions'
  | 'store'
  | 'notify'
  | 'schedule'
  | 'graph';

export type GuideStep = 1 | 2 | 3 | 4 | 5;

/** The rules of one file, by cause. */
export type RuleTable = Readonly<Partial<Record<Cause, Rule>>>;

export interface Rule {
  /** What is wrong, in one line. */
  readonly title: (names: Names, detail?: string, expiry?: string) => string;
  readonly owner: Owner;
  readonly scope: Scope;
  /** `critical` if absent. */
  readonly severity?: Severity;
  readonly guideStep?: GuideStep;
  readonly references: readonly string[];
  /** What a user sees, for docs/diagnoses.md. */
  readonly symptom: string;
  /**
   * The one test that proves or excludes this cause. Shown in docs/diagnoses.md, and in diagnoses that list this cause
   * as a look-alike.
   */
  readonly test: (names: Names) => string;
  /** Causes that give the same evidence. */
  readonly lookAlikes: readonly Cause[];
  readonly when: (facts: CaseFacts) => Finding | undefined;
  readonly fix: (names: Names, detail?: string) => readonly FixStep[];
  readonly takesEffect?: string;
  /** True if the cause is an approaching end date. `check` then warns of it even if the severity is `info`. */
  readonly warnsEarly?: true;
  /** True if the cause cannot explain a failed token request. */
  readonly mailOnly?: true;
  /** True if the subject is the host without the port. */
  readonly ofHost?: true;
  /** True if the rule applies only when no other rule explains the same failure. */
  readonly fallback?: true;
}
