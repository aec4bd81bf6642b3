/**
 * The state of an app's credential: whether it works, its end dates with their sources, which registered credential it
 * is, and the consent. Filled by `probe/credential`, read by `diagnosis/` and `report/`. Times in epoch milliseconds.
 * Never holds the secret.
 */
import type { SecretShape } from './evidence.ts';
import type { Failure } from './failure.ts';

/** A credential as registered at the app, from Graph. */
export interface RegisteredCredential {
  readonly kind: 'secret' | 'certificate';
  /** The portal's "Secret ID". */
  readonly keyId: string;
  readonly displayName?: string;
  /** First three characters of a secret. */
  readonly hint?: string;
  /** SHA-1 thumbprint of a certificate, hex, upper case: as the portal shows it. */
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
 * Which registered credential the configured value is.
 * `none`: no registered one, so it will be refused; `secret-id`: the id of one, a common mistake.
 */
export type CredentialMatch = 'matched' | 'ambiguous' | 'none' | 'secret-id' | 'unknown';

/** What the directory holds about the app, from Graph. Roles by their value: `IMAP.AccessAsApp`. */
export interface Registration {
  /** Object id of the App registration: the one that Exchange must not be given. */
  readonly applicationObjectId?: string;
  /** Object id of the enterprise application: the one that Exchange must be given. */
  readonly servicePrincipalId?: string;
  readonly servicePrincipalEnabled?: boolean;
  readonly disabledByMicrosoft?: string;
  /** Application permissions of Exchange Online: requested in the registration. */
  readonly requestedRoles: readonly string[];
  /** Delegated permissions requested, of any API. */
  readonly requestedScopes: readonly string[];
  /** Application permissions granted (admin consent given), of any API. */
  readonly grantedRoles: readonly string[];
  /** Absent: it may not be read, or nothing in it applies to this app. */
  readonly policy?: AppPolicy;
}

/** What the tenant's app management policy allows of new credentials of the app. Those that exist stay valid. */
export interface AppPolicy {
  readonly name: string;
  /** New client secrets are refused. */
  readonly forbidsSecrets: boolean;
  /** The longest lifetime that a new secret may have. Absent: no limit. */
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
  /** Did the last check with a fresh token succeed? Absent until the first. */
  readonly valid?: boolean;
  readonly lastCheck?: number;
  readonly lastSuccess?: number;
  /** Why the last check was refused. */
  readonly refusal?: Failure;
  /**
   * The configured value is refused, but the previous one still works. The previous one is used until the process ends.
   */
  readonly previousInUse?: boolean;
  /** The form of the configured value, if it was refused. */
  readonly secretShape?: SecretShape;
  readonly registration?: Registration;
  /** Why Graph could not be read. */
  readonly graphFailure?: Failure;
}

/**
 * The end date in use: Graph's for the matched credential, else that of the certificate file, else the configuration's.
 * Otherwise the end date of a registered credential of the same kind: the next to expire, else the last that expired.
 * That credential may be another than the configured one. Undefined if no kind matches: the end of a secret says
 * nothing about a federated token.
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
