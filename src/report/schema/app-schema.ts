/** The shapes of `/api/v1/apps` and `/api/v1/apps/ID`. */
import { z } from 'zod';
import { CLOUD_NAMES } from '../../model/microsoft365.ts';
import { credentialSchema } from './credential-schema.ts';
import { timeSchema } from './diagnosis-schema.ts';
import { failureSchema } from './mailbox-schema.ts';

const facts = z.record(z.string(), z.unknown());

export const tokenSchema = z
  .strictObject({
    requests_total: z.int(),
    failures_by_code: z.record(z.string(), z.int()),
    expires_at: timeSchema.nullable(),
    claims: facts.nullable().describe('Decoded from the token in hand, never the token'),
    last_failure: z.strictObject({ at: timeSchema.nullable(), failure: failureSchema }).nullable(),
    refresh_failure: z
      .strictObject({
        since: timeSchema.nullable(),
        token_expires_at: timeSchema.nullable(),
        failure: failureSchema,
      })
      .nullable()
      .describe('The token still works, but its renewal fails'),
    clock_skew_seconds: z.number().nullable(),
  })
  .meta({ id: 'TokenState' });

const appMembers = {
  id: z.string(),
  tenant: z.string(),
  client_id: z.string(),
  cloud: z.enum(CLOUD_NAMES),
  owner: z.string().nullable(),
  credential_kind: z.enum(['secret', 'certificate', 'federated-token']),
  mailbox_counts: z.strictObject({
    total: z.int(),
    up: z.int(),
    down: z.int(),
    unknown: z.int(),
  }),
};

export const appSchema = z.strictObject(appMembers).meta({ id: 'App' });

export const appListSchema = z.strictObject({ apps: z.array(appSchema) }).meta({ id: 'AppList' });

export const appDetailSchema = z
  .strictObject({
    ...appMembers,
    mailboxes: z.array(z.string()),
    token: tokenSchema.nullable(),
    credential: credentialSchema.nullable(),
  })
  .meta({ id: 'AppDetail' });
