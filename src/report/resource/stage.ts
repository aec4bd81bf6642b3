/** The JSON of a stage of a probe and of its failure, the same in the API and in `check`. */
import { z } from 'zod';
import { type Stage, STAGE_NAMES } from '../../model/evidence.ts';
import { FAILURE_KINDS, type Failure } from '../../model/failure.ts';
import { factsSchema, factsToJson } from './json.ts';

export const failureSchema = z
  .strictObject({
    kind: z.enum(FAILURE_KINDS),
    code: z.string().optional().describe('Verbatim, such as AADSTS7000222'),
    status: z.string().optional(),
    text: z.string().describe("The server's message"),
    retry_after_seconds: z.number().optional(),
  })
  .meta({ id: 'Failure' });

export const stageSchema = z
  .strictObject({
    stage: z.enum(STAGE_NAMES),
    outcome: z.enum(['ok', 'failed', 'skipped']),
    seconds: z.number(),
    facts: factsSchema.describe('The facts; members vary by stage and may be added'),
    failure: failureSchema.nullable(),
  })
  .meta({ id: 'Stage' });

type FailureView = z.infer<typeof failureSchema>;

export function stageView({ stage, outcome, seconds, facts, failure }: Stage): z.infer<typeof stageSchema> {
  return { stage, outcome, seconds, facts: factsToJson(facts), failure: failureOrNull(failure) };
}

/** A member that the server did not send is absent. */
export function failureView({ kind, code, status, text, retryAfterSeconds }: Failure): FailureView {
  return {
    kind,
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { status }),
    text,
    ...(retryAfterSeconds === undefined ? {} : { retry_after_seconds: retryAfterSeconds }),
  };
}

export function failureOrNull(failure: Failure | undefined): FailureView | null {
  return failure === undefined ? null : failureView(failure);
}
