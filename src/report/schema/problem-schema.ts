/** The shape of `/api/v1/problems`: a diagnosis, with whom it hits and since when. */
import { z } from 'zod';
import { diagnosisSchema, nextSchema, timeSchema } from './diagnosis-schema.ts';

export const problemSchema = z
  .strictObject({
    id: z.string().describe('cause:scope:subject'),
    since: timeSchema.nullable(),
    affected_mailboxes: z.array(z.string()),
    ...diagnosisSchema.shape,
  })
  .meta({ id: 'Problem' });

export const problemListSchema = z
  .strictObject({ problems: z.array(problemSchema), next: nextSchema })
  .meta({ id: 'ProblemList' });
