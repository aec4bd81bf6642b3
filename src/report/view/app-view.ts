/** An app as users see it in JSON: its state, its token and its credential. Neither secret nor token is known here. */
import type { z } from 'zod';
import type { CredentialStatus } from '../../model/credential.ts';
import type { AppTokenState } from '../../model/status.ts';
import type { App } from '../../model/target.ts';
import type { appDetailSchema, appSchema, tokenSchema } from '../schema/app-schema.ts';
import { type MailboxStatus, mailboxState } from '../select.ts';
import { credentialView } from './credential-view.ts';
import { factsToJson, rfc3339 } from './json.ts';
import { failureView } from './mailbox-view.ts';

/** `mailboxes`: those of the app. */
export function appView(app: App, mailboxes: readonly MailboxStatus[]): z.infer<typeof appSchema> {
  const counts = { total: mailboxes.length, up: 0, down: 0, unknown: 0 };
  for (const mailbox of mailboxes) counts[mailboxState(mailbox)] += 1;
  return {
    id: app.id,
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
