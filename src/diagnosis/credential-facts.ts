/**
 * Derives facts for the rules from a credential's dates and roles: the next expiry, conflicting dates, surplus roles.
 */
import type { Context } from '../model/context.ts';
import {
  type CredentialStatus,
  type EndDate,
  endDateInUse,
  type RegisteredCredential,
  type Registration,
} from '../model/credential.ts';
import { MAIL_ROLES } from '../model/protocol.ts';
import type { Severity } from '../model/diagnosis.ts';

const DAY_MS = 86_400_000;

export interface Ending {
  readonly end: EndDate;
  /** Rises at each of the app's thresholds, and is critical below the last one. */
  readonly severity: Severity;
  /** True if the date is certainly that of the credential in use. */
  readonly sure: boolean;
  /** Another registered credential that expires later. It is not known to be in use. */
  readonly alsoRegistered?: RegisteredCredential;
}

/**
 * Returns the end date of the credential in use. Undefined if the date is unknown, or is further away than the app's
 * highest threshold.
 */
export function endingSoon({ credential, app, now }: Context): Ending | undefined {
  if (credential === undefined) return undefined;
  const found = endDateInUse(credential, now);
  if (found === undefined) return undefined;
  const thresholds = [...(app?.expiryThresholdDays ?? [30, 14, 7])].sort((a, b) => b - a);
  const days = (found.end.expiresAt - now) / DAY_MS;
  if (days > (thresholds[0] ?? 0)) return undefined;
  const newer = credential.registered.find(
    (known) =>
      known.keyId !== found.end.credential &&
      known.kind === (credential.kind === 'certificate' ? 'certificate' : 'secret') &&
      (known.expiresAt ?? 0) > Math.max(found.end.expiresAt, now),
  );
  return {
    ...found,
    severity: severityAt(days, thresholds),
    ...(newer === undefined ? {} : { alsoRegistered: newer }),
  };
}

/**
 * `thresholds` are days in descending order. The severity is critical below the last threshold, warning below the one
 * before it, and otherwise info.
 */
function severityAt(days: number, thresholds: readonly number[]): Severity {
  const remaining = thresholds.filter((threshold) => days > threshold).length;
  return remaining === 0 ? 'critical' : remaining === 1 ? 'warning' : 'info';
}

/** Returns the end dates of the credential in use if its sources differ by a day or more. Undefined if they agree. */
export function endDateConflict(credential: CredentialStatus | undefined): readonly EndDate[] | undefined {
  if (credential === undefined) return undefined;
  const own = credential.endDates.filter(
    (end) => end.source !== 'graph' || end.credential === credential.matchedKeyId,
  );
  const [first, ...others] = own;
  if (first === undefined) return undefined;
  return others.some((end) => Math.abs(end.expiresAt - first.expiresAt) >= DAY_MS) ? own : undefined;
}

const NEEDED = new Set([
  ...MAIL_ROLES,
  'SMTP.SendAsApp',
  'Application.Read.All',
  'Application.ReadWrite.OwnedBy',
  'Policy.Read.All',
]);

export function surplusRoles(registration: Registration | undefined): readonly string[] {
  if (registration === undefined) return [];
  return [...new Set([...registration.grantedRoles, ...registration.requestedScopes])].filter(
    (role) => !NEEDED.has(role),
  );
}
