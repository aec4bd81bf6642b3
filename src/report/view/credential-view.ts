/** A credential as users see it in JSON: does it work, when does it end, which one is it, and who depends on it. */
import type { z } from 'zod';
import { type CredentialStatus, endDateInUse } from '../../model/credential.ts';
import type { AppTokenState } from '../../model/status.ts';
import type { App } from '../../model/target.ts';
import type {
  credentialListItemSchema,
  credentialSchema,
  serverCertificateSchema,
} from '../schema/credential-schema.ts';
import type { ServerCertificate } from '../server-certificates.ts';
import { factsToJson, rfc3339 } from './json.ts';
import { failureOrNull } from './mailbox-view.ts';

const DAY_MS = 86_400_000;

/** `now` in epoch milliseconds. */
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

/** `mailboxes`: ids of those that depend on it. */
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

/** Whole days, rounded down: negative once it has ended. */
export function daysLeft(expiresAt: number, now: number): number {
  return Math.floor((expiresAt - now) / DAY_MS);
}
