/**
 * Of all end dates that are known of an app, which one is it that counts? A secret that was replaced stays
 * registered until it ends, and nobody wants to be woken for it.
 */
import type { CredentialStatus, EndDate } from '../../model/credential.ts';

/**
 * Graph's date of the credential in use, else the certificate file's, else the configuration's. Where Graph knows
 * several and not which of them is ours: the first that is still to come, or the last that has passed.
 */
export function endDateInUse(credential: CredentialStatus, now: number): EndDate | undefined {
  const { endDates, matchedKeyId } = credential;
  const own =
    endDates.find((end) => end.source === 'graph' && end.credential === matchedKeyId) ??
    endDates.find((end) => end.source === 'certificate') ??
    endDates.find((end) => end.source === 'configuration');
  if (own !== undefined) return own;
  const inOrder = endDates.toSorted((a, b) => a.expiresAt - b.expiresAt);
  return inOrder.find((end) => end.expiresAt > now) ?? inOrder.at(-1);
}
