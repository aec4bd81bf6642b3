/**
 * The JSON of a diagnosis, the same in the API, `check` and `explain`. Every member is always present, and `null` if it
 * does not apply.
 */
import { z } from 'zod';
import { CONFIDENCES, type Diagnosis, OWNERS, SCOPES, SEVERITIES } from '../../model/diagnosis.ts';

export const fixStepSchema = z.strictObject({
  text: z.string(),
  command: z.string().optional().describe('Can be pasted unchanged'),
  shell: z.enum(['powershell', 'sh']).optional(),
});

export const diagnosisSchema = z
  .strictObject({
    cause: z.string().describe('Stable id, such as secret-expired'),
    cause_detail: z.string().nullable().describe('A more specific name within the cause'),
    confidence: z.enum(CONFIDENCES),
    scope: z.enum(SCOPES),
    subject: z.string().describe('A mailbox id, an app id, a tenant, host:port, or prober'),
    owner: z.enum(OWNERS).describe('Who can fix it'),
    severity: z.enum(SEVERITIES),
    title: z.string(),
    evidence: z.array(z.string()),
    fix: z.array(fixStepSchema),
    takes_effect: z.string().nullable(),
    look_alikes: z.array(z.strictObject({ cause: z.string(), test: z.string() })),
    alternative_to: z
      .string()
      .nullable()
      .describe('The cause that fits the same evidence better; null for the best one'),
    guide_step: z.int().min(1).max(5).nullable(),
    references: z.array(z.string()),
  })
  .meta({ id: 'Diagnosis' });

export type DiagnosisView = z.infer<typeof diagnosisSchema>;

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
