/**
 * Which registered credential is the configured one, and when do both end? Pure. Called by credential-store.ts at each
 * check of a credential.
 */
import type {
  CredentialMatch,
  CredentialStatus,
  EndDate,
  RegisteredCredential,
} from '../../model/credential.ts';
import type { Secret } from '../../model/secret.ts';

/** The facts about the configured credential by which it is recognized. Thumbprints are in hex, upper case. */
export type Configured =
  | { readonly kind: 'secret'; readonly value: Secret }
  | {
      readonly kind: 'certificate';
      readonly thumbprintSha1: string;
      readonly thumbprintSha256: string;
      readonly expiresAt: number;
    }
  | { readonly kind: 'federated-token' };

export type Match = Pick<CredentialStatus, 'match' | 'matchedKeyId' | 'candidateKeyIds'>;

/** Microsoft Graph returns the first three characters of a secret as `hint`. Old secrets have no hint. */
const HINT_LENGTH = 3;

/** `registered` is undefined if the directory was never read. */
export function matchCredential(
  configured: Configured | undefined,
  registered: readonly RegisteredCredential[] | undefined,
  now: number,
): Match {
  if (configured === undefined || registered === undefined) return { match: 'unknown' };
  switch (configured.kind) {
    case 'secret':
      return matchSecret(configured.value.reveal(), registered, now);
    case 'certificate':
      return matchCertificate([configured.thumbprintSha1, configured.thumbprintSha256], registered);
    case 'federated-token':
      return { match: 'unknown' };
  }
}

function matchSecret(value: string, registered: readonly RegisteredCredential[], now: number): Match {
  const asId = value.trim().toLowerCase();
  if (registered.some(({ keyId }) => keyId.toLowerCase() === asId)) return { match: 'secret-id' };
  const secrets = registered.filter(({ kind }) => kind === 'secret');
  const alike = secrets.filter(({ hint }) => hint === value.slice(0, HINT_LENGTH));
  if (alike.length === 0) return nothingAlike(secrets.some(({ hint }) => hint === undefined));
  if (alike.length === 1) return matched(alike);
  // If several secrets have the same first characters, only one that has not expired can be in use.
  const live = alike.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now);
  if (live.length === 1) return matched(live);
  return {
    match: 'ambiguous',
    candidateKeyIds: (live.length === 0 ? alike : live).map(({ keyId }) => keyId),
  };
}

function matchCertificate(
  thumbprints: readonly string[],
  registered: readonly RegisteredCredential[],
): Match {
  const certificates = registered.filter(({ kind }) => kind === 'certificate');
  const same = certificates.filter(({ thumbprint = '' }) => thumbprints.includes(thumbprint));
  return same.length > 0
    ? matched(same)
    : nothingAlike(certificates.some(({ thumbprint }) => thumbprint === undefined));
}

function matched([only]: readonly RegisteredCredential[]): Match {
  return only === undefined ? { match: 'unknown' } : { match: 'matched', matchedKeyId: only.keyId };
}

/**
 * The result if no registered credential matches. If one of them cannot be compared, it may be the configured one, and
 * the match is unknown.
 */
function nothingAlike(someUnknown: boolean): Match {
  const match: CredentialMatch = someUnknown ? 'unknown' : 'none';
  return { match };
}

/**
 * Returns the end dates from every source, even if they differ. Of the registered credentials, includes the matched one
 * and all that have not ended.
 */
export function endDatesOf(
  configured: Configured | undefined,
  expiresAt: number | undefined,
  registered: readonly RegisteredCredential[],
  matchedKeyId: string | undefined,
  now: number,
): readonly EndDate[] {
  const graph = registered.flatMap((one): EndDate[] =>
    one.expiresAt !== undefined && (one.keyId === matchedKeyId || one.expiresAt > now)
      ? [{ source: 'graph', expiresAt: one.expiresAt, credential: one.keyId }]
      : [],
  );
  const file: readonly EndDate[] =
    configured?.kind === 'certificate'
      ? [{ source: 'certificate', expiresAt: configured.expiresAt, credential: configured.thumbprintSha1 }]
      : [];
  const believed: readonly EndDate[] =
    expiresAt === undefined ? [] : [{ source: 'configuration', expiresAt, credential: 'configured' }];
  return [...graph, ...file, ...believed];
}
