/** The shapes of `/api/v1/mailboxes` and `/api/v1/mailboxes/ID`. `null` is what never happened or is not known. */
import { z } from 'zod';
import { FAILURE_KINDS, STAGE_NAMES } from '../../model/evidence.ts';
import { diagnosisSchema, nextSchema, timeSchema } from './diagnosis-schema.ts';

export const failureSchema = z
  .strictObject({
    kind: z.enum(FAILURE_KINDS),
    code: z.string().optional().describe('Verbatim, such as AADSTS7000222'),
    status: z.string().optional(),
    text: z.string().describe("The server's own words"),
    retry_after_seconds: z.number().optional(),
  })
  .meta({ id: 'Failure' });

export const stageSchema = z
  .strictObject({
    stage: z.enum(STAGE_NAMES),
    outcome: z.enum(['ok', 'failed', 'skipped']),
    seconds: z.number(),
    facts: z
      .record(z.string(), z.unknown())
      .describe('What was seen; members vary by stage and may be added'),
    failure: failureSchema.nullable(),
  })
  .meta({ id: 'Stage' });

export const protocolSchema = z
  .strictObject({
    success: z.boolean().nullable().describe('The last look, unconfirmed'),
    up: z.boolean().nullable().describe('Confirmed; null while unknown'),
    last_run: timeSchema.nullable(),
    last_success: timeSchema.nullable(),
    failing_since: timeSchema.nullable(),
    diagnoses: z.array(diagnosisSchema),
  })
  .meta({ id: 'ProtocolStatus' });

const mailboxMembers = {
  id: z.string(),
  address: z.string(),
  app: z.string(),
  labels: z.record(z.string(), z.string()),
};

const protocolsSchema = <S extends z.ZodType>(protocol: S) =>
  z.strictObject({ imap: protocol.optional(), pop3: protocol.optional() });

export const mailboxSchema = z
  .strictObject({ ...mailboxMembers, protocols: protocolsSchema(protocolSchema) })
  .meta({ id: 'Mailbox' });

export const mailboxListSchema = z
  .strictObject({ mailboxes: z.array(mailboxSchema), next: nextSchema })
  .meta({ id: 'MailboxList' });

export const pastLookSchema = z
  .strictObject({
    time: timeSchema.nullable(),
    success: z.boolean(),
    seconds: z.number(),
    suspect: z.boolean().describe('This process lagged: the seconds are not the server’s'),
    failed_stages: z.array(z.strictObject({ stage: z.enum(STAGE_NAMES), failure: failureSchema.nullable() })),
    cause: z.string().nullable(),
  })
  .meta({ id: 'PastLook' });

export const protocolDetailSchema = z
  .strictObject({
    ...protocolSchema.shape,
    since: timeSchema.nullable().describe('Since when up is what it is'),
    endpoint: z.string(),
    interval_seconds: z.number(),
    seconds: z.number().nullable().describe('Duration of the last look'),
    suspect: z.boolean(),
    consecutive_failures: z.int(),
    consecutive_successes: z.int(),
    probes_total: z.int(),
    failures_by_cause: z.record(z.string(), z.int()),
    stages: z.array(stageSchema),
    history: z.array(pastLookSchema).describe('Newest first; successes drop out sooner than failures'),
  })
  .meta({ id: 'ProtocolDetail' });

export const mailboxDetailSchema = z
  .strictObject({ ...mailboxMembers, protocols: protocolsSchema(protocolDetailSchema) })
  .meta({ id: 'MailboxDetail' });
