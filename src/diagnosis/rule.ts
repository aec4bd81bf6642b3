/**
 * The type of a rule: one cause as data, with the condition on which it applies, its owner and its fix. The rules are
 * in `rules/`, `rules.ts` is the table, `diagnose.ts` evaluates them all, and docs/diagnoses.md is generated from them.
 */
import type { Cause } from '../model/cause.ts';
import type { Confidence, FixStep, Owner, Scope, Severity } from '../model/diagnosis.ts';
import type { Names } from './names.ts';
import type { Position } from './precedence.ts';
import type { CaseFacts } from './case-facts.ts';

/** The result of a rule that applies. */
export interface Finding {
  readonly confidence: Confidence;
  /** The second position of the cause in precedence.ts, if the evidence moves it there. */
  readonly position?: Position;
  /** A variant of the cause. */
  readonly detail?: string;
  /** Evidence besides the failures themselves, one line each. */
  readonly because?: readonly string[];
  /**
   * Overrides the rule's severity. For example, a failed refresh is only a warning while the current token is valid.
   */
  readonly severity?: Severity;
  /** The failure that the finding explains. Findings about the same failure compete; others are independent. */
  readonly about: About;
  /** A wider scope than the rule's `mailbox`: all mailboxes of the app, of the tenant, or all that use the endpoint. */
  readonly scope?: Extract<Scope, 'app' | 'tenant' | 'endpoint'>;
  /** The title states more than the evidence proves, so it begins with "Possibly". */
  readonly doubtful?: true;
  /** The finding concerns the configured proxy itself, not the endpoint behind it. */
  readonly ofProxy?: true;
  /** Appended to the title: `the current token works until ...`. */
  readonly titleSuffix?: string;
  /** The end date in the title: `expires in 7 days, on 2026-12-04`. */
  readonly expiry?: string;
}

/** A finding and its cause. */
export interface Found {
  readonly cause: Cause;
  readonly finding: Finding;
}

/** The part of the evidence that a finding explains. */
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
  /** Default: `critical`. */
  readonly severity?: Severity;
  readonly guideStep?: GuideStep;
  readonly references: readonly string[];
  /** What a user sees. For docs/diagnoses.md. */
  readonly symptom: string;
  /** The one test that proves or excludes this cause. For docs/diagnoses.md, and for the look-alikes of a diagnosis. */
  readonly test: (names: Names) => string;
  /** Causes that give the same evidence. */
  readonly lookAlikes: readonly Cause[];
  readonly when: (facts: CaseFacts) => Finding | undefined;
  readonly fix: (names: Names, detail?: string) => readonly FixStep[];
  readonly takesEffect?: string;
  /** The cause is an approaching end date. `check` warns of it even if its severity is `info`. */
  readonly warnsEarly?: true;
  /** The cause cannot explain a failed token request. */
  readonly mailOnly?: true;
  /** The subject is the host alone, without the port. */
  readonly ofHost?: true;
  /** Applies only when no other rule explains the same failure. */
  readonly fallback?: true;
}
