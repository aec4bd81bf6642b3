/** The JSON of a problem: a diagnosis, the affected mailboxes, and since when. */
import { z } from 'zod';
import type { Problem } from '../../model/status.ts';
import { pageSchema, problemPath } from '../page-path.ts';
import { nextSchema } from '../http/paging.ts';
import { diagnosisSchema, diagnosisView } from './diagnosis.ts';
import { rfc3339, timeSchema } from './json.ts';

export const problemSchema = z
  .strictObject({
    id: z.string().describe('cause:scope:subject'),
    page: pageSchema,
    since: timeSchema.nullable(),
    affected_mailboxes: z.array(z.string()),
    ...diagnosisSchema.shape,
  })
  .meta({ id: 'Problem' });

export const problemListSchema = z
  .strictObject({ problems: z.array(problemSchema), next: nextSchema })
  .meta({ id: 'ProblemList' });

export type ProblemView = z.infer<typeof problemSchema>;

export function problemView(problem: Problem): ProblemView {
  return {
    id: problem.id,
    page: problemPath(problem.id),
    since: rfc3339(problem.since),
    affected_mailboxes: [...problem.affectedMailboxes],
    ...diagnosisView(problem),
  };
}
