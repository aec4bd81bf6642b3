/**
 * The JSON of an app: its state, the claims of its token, and its credential. It never holds the secret or the token.
 */
import { z } from 'zod';
import type { CredentialStatus } from '../../model/credential.ts';
import { CLOUD_NAMES } from '../../model/microsoft365.ts';
import type { AppTokenState } from '../../model/status.ts';
import type { App } from '../../model/target.ts';
import { appPath, pageSchema } from '../page-path.ts';
import { type MailboxStatus, mailboxState } from '../select.ts';
import { credentialSchema, credentialView } from './credential.ts';
import { factsSchema, factsToJson, rfc3339, timeSchema } from './json.ts';
import { failureSchema, failureView } from './stage.ts';

export const tokenSchema = z
  .strictObject({
    requests_total: z.int(),
    failures_by_code: z.record(z.string(), z.int()),
    expires_at: timeSchema.nullable(),
    claims: factsSchema.nullable().describe('Decoded from the cached token; never the token itself'),
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
  page: pageSchema,
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

/** `mailboxes` holds the mailboxes that the app opens. */
export function appView(app: App, mailboxes: readonly MailboxStatus[]): z.infer<typeof appSchema> {
  const counts = { total: mailboxes.length, up: 0, down: 0, unknown: 0 };
  for (const mailbox of mailboxes) counts[mailboxState(mailbox)] += 1;
  return {
    id: app.id,
    page: appPath(app.id),
    tenant: app.tenant,
    client_id: app.clientId,
    cloud: app.cloud,
    owner: app.owner ?? null,
    credential_kind: app.credential.kind,
    mailbox_counts: counts,
  };
}

export function appDetailView(
  app: App,
  mailboxes: readonly MailboxStatus[],
  token: AppTokenState | undefined,
  credential: CredentialStatus | undefined,
  now: number,
): z.infer<typeof appDetailSchema> {
  return {
    ...appView(app, mailboxes),
    mailboxes: mailboxes.map(({ mailbox }) => mailbox.id),
    token: token === undefined ? null : tokenView(token),
    credential: credential === undefined ? null : credentialView(credential, now),
  };
}

function tokenView(token: AppTokenState): z.infer<typeof tokenSchema> {
  const { lastFailure, refreshFailure } = token;
  return {
    requests_total: token.requestsTotal,
    failures_by_code: { ...token.failuresByCode },
    expires_at: rfc3339(token.expiresAt),
    claims: token.claims === undefined ? null : factsToJson(token.claims),
    last_failure:
      lastFailure === undefined
        ? null
        : { at: rfc3339(lastFailure.at), failure: failureView(lastFailure.failure) },
    refresh_failure:
      refreshFailure === undefined
        ? null
        : {
            since: rfc3339(refreshFailure.since),
            token_expires_at: rfc3339(refreshFailure.tokenExpiresAt),
            failure: failureView(refreshFailure.failure),
          },
    clock_skew_seconds: token.clockSkewSeconds ?? null,
  };
}
