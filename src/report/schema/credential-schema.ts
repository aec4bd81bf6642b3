/** The shapes of a credential, in `/api/v1/apps/ID` and `/api/v1/credentials`. */
import { z } from 'zod';
import { timeSchema } from './diagnosis-schema.ts';
import { failureSchema } from './mailbox-schema.ts';

const facts = z.record(z.string(), z.unknown());
const days = z.int().describe('Whole days, rounded down; negative once it has ended');

const credentialMembers = {
  kind: z.enum(['secret', 'certificate', 'federated-token']),
  valid: z.boolean().nullable().describe('Whether the last answer to it was a token; null before the first'),
  previous_in_use: z
    .boolean()
    .describe('The configured value is refused; the one that stood there before still works and is used'),
  last_check: timeSchema.nullable(),
  last_success: timeSchema.nullable(),
  expires_at: timeSchema.nullable().describe('The end date that counts; null where no source tells one'),
  days_left: days.nullable(),
  expires_for_sure: z.boolean().describe('The date is that of the credential in use, not of one of several'),
  match: z.enum(['matched', 'ambiguous', 'none', 'secret-id', 'unknown']),
  matched_key_id: z.string().nullable(),
  end_dates: z
    .array(
      z.strictObject({
        source: z.enum(['graph', 'certificate', 'configuration']),
        credential: z.string(),
        expires_at: timeSchema.nullable(),
        days_left: days,
      }),
    )
    .describe('Of every source; where they disagree, they stand side by side'),
  registered: z.array(facts).describe('All that Microsoft Graph lists at the app, live or not'),
  refusal: failureSchema.nullable(),
  registration: facts.nullable(),
  graph_failure: failureSchema.nullable(),
};

export const credentialSchema = z.strictObject(credentialMembers).meta({ id: 'Credential' });

export const credentialListItemSchema = z
  .strictObject({
    app: z.string(),
    owner: z.string().nullable(),
    ...credentialMembers,
    token_expires_at: timeSchema.nullable().describe('When the token in hand ends'),
    clock_skew_seconds: z.number().nullable().describe("This machine's clock minus the token host's"),
    mailboxes: z.array(z.string()).describe('Ids of the mailboxes that depend on it'),
  })
  .meta({ id: 'CredentialListItem' });

export const serverCertificateSchema = z
  .strictObject({
    endpoint: z.string(),
    subject: z.string(),
    issuer: z.string(),
    expires_at: timeSchema.nullable(),
    days_left: days,
  })
  .meta({ id: 'ServerCertificate' });

export const credentialListSchema = z
  .strictObject({
    credentials: z.array(credentialListItemSchema),
    server_certificates: z
      .array(serverCertificateSchema)
      .describe('As the mail servers presented them at the last looks'),
  })
  .meta({ id: 'CredentialList' });
