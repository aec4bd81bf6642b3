/** The shapes of the data of `/api/v1/events`, by the name of the event. */
import { z } from 'zod';
import { CONFIDENCES, OWNERS, SCOPES, SEVERITIES } from '../../model/diagnosis.ts';
import { timeSchema } from './diagnosis-schema.ts';

const confirmedSchema = z.enum(['unknown', 'up', 'down']);

export const statusEventSchema = z
  .strictObject({
    at: timeSchema.nullable(),
    mailbox: z.string(),
    protocol: z.enum(['imap', 'pop3']),
    app: z.string(),
    from: confirmedSchema,
    to: confirmedSchema,
    cause: z.string().nullable().describe('Of the first diagnosis of the look that decided'),
    title: z.string().nullable(),
  })
  .meta({ id: 'StatusEvent', description: 'Data of the event status' });

export const problemEventSchema = z
  .strictObject({
    at: timeSchema.nullable(),
    id: z.string().describe('cause:scope:subject, as in /api/v1/problems'),
    cause: z.string(),
    scope: z.enum(SCOPES),
    subject: z.string(),
    owner: z.enum(OWNERS),
    severity: z.enum(SEVERITIES),
    confidence: z.enum(CONFIDENCES),
    since: timeSchema.nullable(),
    affected_mailboxes_count: z.int(),
    title: z.string(),
  })
  .meta({ id: 'ProblemEvent', description: 'Data of the events problem_opened and problem_closed' });
