/**
 * The state of an app's credential: whether it works, its end dates with their sources, and which registered credential
 * it is. Also the permissions of the app. Filled by `probe/credential`, read by `diagnosis/` and `report/`. Never holds
 * the secret. Times in epoch milliseconds.
 */
import type { SecretShape } from './evidence.ts';
import type { Failure } from './failure.ts';

/** A credential as registered at the app, from Graph. */
export interface RegisteredCredential {
  readonly kind: 'secret' | 'certificate';
  /** The portal's "Secret ID". */
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
  /** `keyId` for Graph, the thumbprint for a certificate, `configured` for the configuration. */
  readonly credential: string;
}

/**
 * Whether the configured credential was found among the registered ones.
 * - `ambiguous`  it is one of several
 * - `none`       it is not registered, so Entra will refuse it
 * - `secret-id`  it is the id of a registered credential instead of the secret's value, a common mistake
 * - `unknown`    the two could not be compared
 */
export type CredentialMatch = 'matched' | 'ambiguous' | 'none' | 'secret-id' | 'unknown';

/** What the directory holds about the app, from Graph. Roles are named by their value: `IMAP.AccessAsApp`. */
export interface Registration {
  /** The object id of the app registration. Exchange must not be given this one. */
  readonly applicationObjectId?: string;
  /** The object id of the enterprise application. Exchange must be given this one. */
  readonly servicePrincipalId?: string;
  readonly servicePrincipalEnabled?: boolean;
  readonly disabledByMicrosoft?: string;
  /** Application permissions of Exchange Online that the registration requests. */
  readonly requestedRoles: readonly string[];
  /** Delegated permissions of any API that the registration requests. */
  readonly requestedScopes: readonly string[];
  /** Application permissions of any API that an administrator granted. */
  readonly grantedRoles: readonly string[];
  /** Absent if it may not be read, or if nothing in it applies to this app. */
  readonly policy?: AppPolicy;
}

/** What the tenant's app management policy allows for new credentials of the app. Existing credentials stay valid. */
export interface AppPolicy {
  readonly name: string;
  /** New client secrets are refused. */
  readonly forbidsSecrets: boolean;
  /** The longest lifetime that a new secret may have. Absent if there is no limit. */
  readonly longestSecretMs?: number;
  readonly longestCertificateMs?: number;
}

export interface CredentialStatus {
  readonly app: string;
  readonly kind: 'secret' | 'certificate' | 'federated-token';
  /** Neither the file nor the directory was read yet, so absent members mean nothing. */
  readonly pending?: boolean;
  readonly endDates: readonly EndDate[];
  readonly registered: readonly RegisteredCredential[];
  readonly match: CredentialMatch;
  /** `keyId` of the registered credential in use, where `match` is `matched`. */
  readonly matchedKeyId?: string;
  /** If `match` is `ambiguous`, the ids of the possible ones. */
  readonly candidateKeyIds?: readonly string[];
  /** Whether the last check with a fresh token succeeded. Absent until the first check. */
  readonly valid?: boolean;
  readonly lastCheck?: number;
  readonly lastSuccess?: number;
  /** Why the last check was refused. */
  readonly refusal?: Failure;
  /**
   * The configured value is refused, but the previous one still works, and is used until the process ends.
   */
  readonly previousInUse?: boolean;
  /** The form of the configured value, if it was refused. */
  readonly secretShape?: SecretShape;
  readonly registration?: Registration;
  /** Why Graph could not be read. */
  readonly graphFailure?: Failure;
}

/**
 * Returns the end date in use: Graph's for the matched credential, else that of the certificate file, else the
 * configuration's. Without these, returns the date of a registered credential that may be the configured one: the next
 * to expire, else the last that expired. It must be of the same kind, because the end of a secret says nothing about a
 * federated token. `sure` is false if it may be another credential than the configured one. Undefined if there is no
 * date, or if the configured credential is not registered.
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
