/**
 * The JSON of a credential: whether it works, when it expires, which registered credential it is, and which mailboxes
 * depend on it.
 */
import { z } from 'zod';
import { type CredentialStatus, endDateInUse } from '../../model/credential.ts';
import { DAY_MS } from '../../model/duration.ts';
import type { AppTokenState } from '../../model/status.ts';
import type { App } from '../../model/target.ts';
import type { ServerCertificate } from '../server-certificates.ts';
import { factsSchema, factsToJson, rfc3339, timeSchema } from './json.ts';
import { failureOrNull, failureSchema } from './stage.ts';

const days = z.int().describe('Whole days, rounded down; negative once it has ended');

const credentialMembers = {
  kind: z.enum(['secret', 'certificate', 'federated-token']),
  valid: z
    .boolean()
    .nullable()
    .describe('Whether the last token request with it succeeded; null before the first'),
  previous_in_use: z
    .boolean()
    .describe('The configured value is refused; the previous one still works and is used'),
  last_check: timeSchema.nullable(),
  last_success: timeSchema.nullable(),
  expires_at: timeSchema.nullable().describe('The end date that counts; null if no source has one'),
  days_left: days.nullable(),
  expires_for_sure: z.boolean().describe('The date is known to be that of the credential in use'),
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
    .describe('From every source, even if they differ'),
  registered: z
    .array(factsSchema)
    .describe('All credentials that Microsoft Graph lists for the app, valid or expired'),
  refusal: failureSchema.nullable(),
  registration: factsSchema.nullable(),
  graph_failure: failureSchema.nullable(),
};

export const credentialSchema = z.strictObject(credentialMembers).meta({ id: 'Credential' });

export const credentialListItemSchema = z
  .strictObject({
    app: z.string(),
    owner: z.string().nullable(),
    ...credentialMembers,
    token_expires_at: timeSchema.nullable().describe('When the cached token ends'),
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
      .describe('As the mail servers presented them at the last probes'),
  })
  .meta({ id: 'CredentialList' });

export function credentialView(status: CredentialStatus, now: number): z.infer<typeof credentialSchema> {
  const used = endDateInUse(status, now);
  return {
    kind: status.kind,
    valid: status.valid ?? null,
    previous_in_use: status.previousInUse ?? false,
    last_check: rfc3339(status.lastCheck),
    last_success: rfc3339(status.lastSuccess),
    expires_at: rfc3339(used?.end.expiresAt),
    days_left: used === undefined ? null : daysLeft(used.end.expiresAt, now),
    expires_for_sure: used?.sure ?? false,
    match: status.match,
    matched_key_id: status.matchedKeyId ?? null,
    end_dates: status.endDates.map(({ source, credential, expiresAt }) => ({
      source,
      credential,
      expires_at: rfc3339(expiresAt),
      days_left: daysLeft(expiresAt, now),
    })),
    registered: status.registered.map((registered) => factsToJson(registered)),
    refusal: failureOrNull(status.refusal),
    registration: status.registration === undefined ? null : factsToJson(status.registration),
    graph_failure: failureOrNull(status.graphFailure),
  };
}

/** `mailboxes` holds the ids of the mailboxes that depend on the credential. */
export function credentialListItem(
  app: App,
  status: CredentialStatus,
  token: AppTokenState | undefined,
  mailboxes: readonly string[],
  now: number,
): z.infer<typeof credentialListItemSchema> {
  return {
    app: app.id,
    owner: app.owner ?? null,
    ...credentialView(status, now),
    token_expires_at: rfc3339(token?.expiresAt),
    clock_skew_seconds: token?.clockSkewSeconds ?? null,
    mailboxes: [...mailboxes],
  };
}

export function serverCertificateView(
  { endpoint, certificate }: ServerCertificate,
  now: number,
): z.infer<typeof serverCertificateSchema> {
  return {
    endpoint,
    subject: certificate.subject,
    issuer: certificate.issuer,
    expires_at: rfc3339(certificate.notAfter),
    days_left: daysLeft(certificate.notAfter, now),
  };
}

/** Returns whole days, rounded down. Negative after the end. */
export function daysLeft(expiresAt: number, now: number): number {
  return Math.floor((expiresAt - now) / DAY_MS);
}
