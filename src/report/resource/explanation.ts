/** Request and response of `POST /api/v1/explain`. */
import { z } from 'zod';
import type { Explanation } from '../../model/explanation.ts';
import { diagnosisSchema, diagnosisView } from './diagnosis.ts';

export const explainRequestSchema = z.strictObject({ text: z.string() }).meta({ id: 'ExplainRequest' });

export const explainResponseSchema = z
  .strictObject({
    diagnoses: z.array(diagnosisSchema),
    written_by: z
      .string()
      .nullable()
      .describe('The program that wrote the text; null if it is not recognized.'),
    would_help: z
      .array(z.string())
      .describe('If nothing is explained: what to paste instead, one sentence each. Empty otherwise.'),
  })
  .meta({ id: 'Explanation' });

export function explanationView({
  diagnoses,
  writtenBy,
  wouldHelp,
}: Explanation): z.input<typeof explainResponseSchema> {
  return {
    diagnoses: diagnoses.map(diagnosisView),
    written_by: writtenBy ?? null,
    would_help: [...wouldHelp],
  };
}
