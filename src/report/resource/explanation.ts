/** Request and response of `POST /api/v1/explain`. */
import { z } from 'zod';
import { diagnosisSchema } from './diagnosis.ts';

export const explainRequestSchema = z.strictObject({ text: z.string() }).meta({ id: 'ExplainRequest' });

export const explainResponseSchema = z
  .strictObject({ diagnoses: z.array(diagnosisSchema) })
  .meta({ id: 'Explanation' });
