/**
 * What is known about an app's credential (whether it works, when it ends, which registered credential it is) and about
 * the app's permissions. Filled by `probe/credential`, read by `diagnosis/` and `report/`. Never holds the secret
 * itself. Times are in epoch milliseconds.
 */
import type { SecretShape } from './evidence.ts';
import type { Failure } from './failure.ts';

/** A credential as registered at the app, from Graph. */
export interface RegisteredCredential {
  readonly kind: 'secret' | 'certificate';
  /** The portal shows it as "Secret ID". */
  readonly keyId: string;
  readonly displayName?: string;
  /** The first three characters of a secret. */
  readonly hint?: string;
  /** The SHA-1 thumbprint of a certificate, as the portal shows it: hex, upper case. */
  readonly thumbprint?: string;
  readonly startsAt?: number;
  readonly expiresAt?: number;
}

export interface EndDate {
  readonly source: 'graph' | 'certificate' | 'configuration';
  readonly expiresAt: number;
  /**
   * Which credential ends. Depends on `source`: the `keyId` for Graph, the thumbprint for a certificate file, and the
   * text `configured` for the configuration.
   */
  readonly credential: string;
}

/**
 * Whether the configured credential is one of those that are registered at the app.
 * - `ambiguous`  several registered credentials could be the configured one
 * - `none`       it is not registered, so Entra will refuse it
 * - `secret-id`  the configured value is the id of a registered secret, not its value (a common mistake)
 * - `unknown`    the two could not be compared
 */
export type CredentialMatch = 'matched' | 'ambiguous' | 'none' | 'secret-id' | 'unknown';

/** What the directory holds about the app, from Graph. Roles are named by their value: `IMAP.AccessAsApp`. */
export interface Registration {
  /** The object id of the app registration. Exchange must not be given this one. */
  readonly applicationObjectId?: string;
  /** The object id of the enterprise application. Exchange's `New-ServicePrincipal -ObjectId` takes it. */
  readonly servicePrincipalId?: string;
  readonly servicePrincipalEnabled?: boolean;
  readonly disabledByMicrosoft?: string;
  /** Application permissions of Exchange Online that the registration requests. */
  readonly requestedRoles: readonly string[];
  /** Delegated permissions of any API that the registration requests. */
  readonly requestedScopes: readonly string[];
  /** Application permissions of any API that an administrator granted. */
  readonly grantedRoles: readonly string[];
  /** Absent if mailprobe is not allowed to read the policy, or if the policy does not limit this app. */
  readonly policy?: AppPolicy;
}

/** What the tenant's app management policy allows for new credentials of the app. Existing credentials stay valid. */
export interface AppPolicy {
  readonly name: string;
  readonly forbidsSecrets: boolean;
  /** The longest lifetime that a new secret may have. Absent if there is no limit. */
  readonly longestSecretMs?: number;
  readonly longestCertificateMs?: number;
}

export interface CredentialStatus {
  readonly app: string;
  readonly kind: 'secret' | 'certificate' | 'federated-token';
  /** True until the file or the directory has been read. Until then, an absent member means nothing. */
  readonly pending?: boolean;
  readonly endDates: readonly EndDate[];
  readonly registered: readonly RegisteredCredential[];
  readonly match: CredentialMatch;
  /** The `keyId` of the registered credential in use. Present only if `match` is `matched`. */
  readonly matchedKeyId?: string;
  /** The `keyId` of each registered credential that may be in use. Present only if `match` is `ambiguous`. */
  readonly candidateKeyIds?: readonly string[];
  /** Whether the last check with a fresh token succeeded. Absent until the first check. */
  readonly valid?: boolean;
  readonly lastCheck?: number;
  readonly lastSuccess?: number;
  /** Why Entra refused the credential at the last check. */
  readonly refusal?: Failure;
  /**
   * True if the configured value is refused, while the previous value still works and is used until the process ends.
   */
  readonly previousInUse?: boolean;
  /** The form of the configured value, if it was refused. */
  readonly secretShape?: SecretShape;
  readonly registration?: Registration;
  readonly graphFailure?: Failure;
}

/**
 * Returns the end date of the configured credential from the best source: Graph, else the certificate file, else the
 * configuration.
 * If no source has it, returns the end date of a registered credential of the same kind, which may be the configured
 * one: the one that expires next, else the one that expired last. `sure` is false if there are several such
 * credentials.
 * Undefined if there is no date, or if the configured credential is not registered.
 */
export function endDateInUse(
  {
    kind,
    match,
    endDates,
    matchedKeyId,
    candidateKeyIds,
    registered,
  }: Pick<
    CredentialStatus,
    'kind' | 'match' | 'endDates' | 'matchedKeyId' | 'candidateKeyIds' | 'registered'
  >,
  now: number,
): { readonly end: EndDate; readonly sure: boolean } | undefined {
  const own =
    endDates.find(({ source, credential }) => source === 'graph' && credential === matchedKeyId) ??
    endDates.find(({ source }) => source === 'certificate') ??
    endDates.find(({ source }) => source === 'configuration');
  if (own !== undefined) return { end: own, sure: true };
  if (match === 'none' || match === 'secret-id') return undefined;
  const isOther = (one: RegisteredCredential): boolean =>
    one.kind !== kind || candidateKeyIds?.includes(one.keyId) === false;
  const others = registered.filter(isOther).map(({ keyId }) => keyId);
  const inOrder = endDates
    .filter(({ credential }) => !others.includes(credential))
    .toSorted((a, b) => a.expiresAt - b.expiresAt);
  const end = inOrder.find(({ expiresAt }) => expiresAt > now) ?? inOrder.at(-1);
  return end && { end, sure: registered.length - others.length === 1 };
}
