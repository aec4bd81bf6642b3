/**
 * What a rule is: one cause as data, with when it applies, who mends it and how. `rules/` holds them, `rules.ts` is
 * the table, `diagnose.ts` asks them all, and docs/diagnoses.md is this data, rendered.
 */
import type { Cause } from '../model/cause.ts';
import type { Confidence, FixStep, Owner, Scope, Severity } from '../model/diagnosis.ts';
import type { Names } from './names.ts';
import type { OtherPlace } from './precedence.ts';
import type { CaseFacts } from './case-facts.ts';

/** That a rule applies to a scene, and how well. */
export interface Finding {
  readonly confidence: Confidence;
  /** The evidence moves the cause to its other place in precedence.ts. */
  readonly place?: OtherPlace;
  /** A finer name within the cause. */
  readonly detail?: string;
  /** What it rests on beyond the failures themselves, one line each. */
  readonly because?: readonly string[];
  /** Overrides the rule's own: a refresh that failed while the token lives is a warning only. */
  readonly severity?: Severity;
  /** Which failure it explains. Findings about the same failure compete; others stand on their own. */
  readonly about: About;
  /** It hits more than one mailbox, where that is the rule's scope: all of the app, or all that use the host. */
  readonly scope?: Extract<Scope, 'app' | 'endpoint'>;
  /** The title asserts what the evidence leaves open. */
  readonly doubtful?: true;
  /** Added to the title: `the token in hand works until ...`. */
  readonly remark?: string;
}

/** A finding, and the cause whose rule found it. */
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
  | 'graph';

export type GuideStep = 1 | 2 | 3 | 4 | 5;

/** The rules of one file, by the cause that each of them names. */
export type RuleTable = Readonly<Partial<Record<Cause, Rule>>>;

export interface Rule {
  /** What is wrong, in one line, names filled in. */
  readonly title: (names: Names, detail?: string) => string;
  readonly owner: Owner;
  readonly scope: Scope;
  /** `critical` unless said. */
  readonly severity?: Severity;
  readonly guideStep?: GuideStep;
  readonly references: readonly string[];
  /** Handbook: what one sees. */
  readonly symptom: string;
  /** Handbook, and the look-alikes' test: the one test that decides for or against this cause. */
  readonly test: (names: Names) => string;
  /** Causes that give the same evidence. */
  readonly lookAlikes: readonly Cause[];
  readonly when: (facts: CaseFacts) => Finding | undefined;
  readonly fix: (names: Names, detail?: string) => readonly FixStep[];
  readonly takesEffect?: string;
  /** A date that nears: `check` warns of it as soon as it is found, whatever its severity. */
  readonly warnsEarly?: true;
  /** Nothing of the kind befalls the token leg. */
  readonly mailOnly?: true;
  /** Of an endpoint it is the host alone that is concerned, whatever the port. */
  readonly ofHost?: true;
  /** Speaks only when no other rule explains the same failure. */
  readonly fallback?: true;
}
