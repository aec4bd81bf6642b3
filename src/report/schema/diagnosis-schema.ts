/** The shape of a diagnosis, the same wherever one is shown. Every member is always present. */
import { z } from 'zod';
import { CONFIDENCES, OWNERS, SCOPES, SEVERITIES } from '../../model/diagnosis.ts';

export const timeSchema = z.iso.datetime().describe('RFC 3339, UTC');

/** Of a list that is given in pages. */
export const nextSchema = z
  .string()
  .optional()
  .describe('Path and query of the next page; absent on the last, and so on the only one');

export const fixStepSchema = z.strictObject({
  text: z.string(),
  command: z.string().optional().describe('Can be pasted as it is'),
  shell: z.enum(['powershell', 'sh']).optional(),
});

export const diagnosisSchema = z
  .strictObject({
    cause: z.string().describe('Stable id, such as secret-expired'),
    cause_detail: z.string().nullable().describe('A finer name within the cause'),
    confidence: z.enum(CONFIDENCES),
    scope: z.enum(SCOPES),
    subject: z.string().describe('A mailbox id, an app id, a tenant, host:port, or prober'),
    owner: z.enum(OWNERS).describe('Who can mend it'),
    severity: z.enum(SEVERITIES),
    title: z.string(),
    evidence: z.array(z.string()),
    fix: z.array(fixStepSchema),
    takes_effect: z.string().nullable(),
    look_alikes: z.array(z.strictObject({ cause: z.string(), test: z.string() })),
    alternative_to: z
      .string()
      .nullable()
      .describe('The cause that fits the same evidence better; null for a finding of its own'),
    guide_step: z.int().min(1).max(5).nullable(),
    references: z.array(z.string()),
  })
  .meta({ id: 'Diagnosis' });
