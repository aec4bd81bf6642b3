/**
 * The one form in which a diagnosis leaves as JSON: `explain`, `check`, the API and the health document all write
 * these members. Pure; the caller redacts.
 */
import type { Diagnosis, FixStep, LookAlike } from './diagnosis.ts';

export interface DiagnosisJson {
  readonly cause: string;
  readonly cause_detail?: string;
  readonly confidence: string;
  readonly scope: string;
  readonly subject: string;
  readonly owner: string;
  readonly severity: string;
  readonly title: string;
  readonly evidence: readonly string[];
  readonly fix: readonly FixStep[];
  readonly takes_effect?: string;
  readonly look_alikes: readonly LookAlike[];
  readonly alternative_to?: string;
  readonly guide_step?: number;
  readonly references: readonly string[];
}

export function diagnosisToJson(diagnosis: Diagnosis): DiagnosisJson {
  return {
    cause: diagnosis.cause,
    ...(diagnosis.causeDetail === undefined ? {} : { cause_detail: diagnosis.causeDetail }),
    confidence: diagnosis.confidence,
    scope: diagnosis.scope,
    subject: diagnosis.subject,
    owner: diagnosis.owner,
    severity: diagnosis.severity,
    title: diagnosis.title,
    evidence: [...diagnosis.evidence],
    fix: diagnosis.fix.map((step) => ({ ...step })),
    ...(diagnosis.takesEffect === undefined ? {} : { takes_effect: diagnosis.takesEffect }),
    look_alikes: diagnosis.lookAlikes.map((other) => ({ ...other })),
    ...(diagnosis.alternativeTo === undefined ? {} : { alternative_to: diagnosis.alternativeTo }),
    ...(diagnosis.guideStep === undefined ? {} : { guide_step: diagnosis.guideStep }),
    references: [...diagnosis.references],
  };
}
