/**
 * What is known of an app's credential besides whether it works: end dates with their sources, which registered
 * credential the configured value is, consent. Filled by `probe/credential`, read by `diagnosis/` and `report/`.
 * Times in epoch milliseconds. Never holds the secret.
 */
import type { Failure } from './evidence.ts';

/** A credential as registered at the app, from Graph. */
export interface RegisteredCredential {
  readonly kind: 'secret' | 'certificate';
  /** The portal's "Secret ID". */
  readonly keyId: string;
  readonly displayName?: string;
  /** First three characters of a secret. */
  readonly hint?: string;
  /** SHA-1 thumbprint of a certificate, hex. */
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
 * `none`: it is none of them, and will be refused; `secret-id`: it is the id of one, the classic mistake.
 */
export type CredentialMatch = 'matched' | 'ambiguous' | 'none' | 'secret-id' | 'unknown';

/** What the directory says of the app, from Graph. Roles by their value: `IMAP.AccessAsApp`. */
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
}

export interface CredentialStatus {
  readonly app: string;
  readonly kind: 'secret' | 'certificate' | 'federated-token';
  readonly endDates: readonly EndDate[];
  readonly registered: readonly RegisteredCredential[];
  readonly match: CredentialMatch;
  /** `keyId` of the registered credential in use, where `match` is `matched`. */
  readonly matchedKeyId?: string;
  /** Did the last check with a fresh token succeed? Absent until the first. */
  readonly valid?: boolean;
  readonly lastCheck?: number;
  readonly lastSuccess?: number;
  /** Why the last check was refused. */
  readonly refusal?: Failure;
  readonly registration?: Registration;
  /** Why Graph could not be read, where it was asked. */
  readonly graphFailure?: Failure;
}
