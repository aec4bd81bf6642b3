/** A diagnosis, and a problem, as users see them in JSON: the API's, and that of `check` and `explain`. */
import type { z } from 'zod';
import type { Diagnosis } from '../../model/diagnosis.ts';
import type { Problem } from '../../model/status.ts';
import type { diagnosisSchema } from '../schema/diagnosis-schema.ts';
import type { problemSchema } from '../schema/problem-schema.ts';
import { rfc3339 } from './json.ts';

export type DiagnosisView = z.infer<typeof diagnosisSchema>;
export type ProblemView = z.infer<typeof problemSchema>;

export function diagnosisView(diagnosis: Diagnosis): DiagnosisView {
  return {
    cause: diagnosis.cause,
    cause_detail: diagnosis.causeDetail ?? null,
    confidence: diagnosis.confidence,
    scope: diagnosis.scope,
    subject: diagnosis.subject,
    owner: diagnosis.owner,
    severity: diagnosis.severity,
    title: diagnosis.title,
    evidence: [...diagnosis.evidence],
    fix: diagnosis.fix.map((step) => ({ ...step })),
    takes_effect: diagnosis.takesEffect ?? null,
    look_alikes: diagnosis.lookAlikes.map((lookAlike) => ({ ...lookAlike })),
    alternative_to: diagnosis.alternativeTo ?? null,
    guide_step: diagnosis.guideStep ?? null,
    references: [...diagnosis.references],
  };
}

/** What the problem says itself (severity may rise above its diagnosis's) goes before what the diagnosis says. */
export function problemView(problem: Problem): ProblemView {
  return {
    id: problem.id,
    since: rfc3339(problem.since),
    affected_mailboxes: [...problem.affectedMailboxes],
    ...diagnosisView({
      ...problem.diagnosis,
      cause: problem.cause,
      scope: problem.scope,
      subject: problem.subject,
      owner: problem.owner,
      severity: problem.severity,
      confidence: problem.confidence,
      title: problem.title,
      fix: problem.fix,
    }),
  };
}
