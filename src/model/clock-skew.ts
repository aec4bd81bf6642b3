/**
 * Which is wrong, the `Date` header of a host or this machine's clock? One `Date` alone proves nothing. A second source
 * of time decides: the host's own certificate, or the token that it issued. Called where a reply is read and where it
 * is diagnosed.
 */
import type { CertificateFacts, Claims, ClockWitness } from './evidence.ts';

/** Epoch milliseconds. */
interface Times {
  readonly own: number;
  readonly host: number;
}

/** A trusted certificate is valid by this machine's clock. A `Date` outside its validity is therefore wrong. */
export function isPlausibleDate(
  date: number,
  certificate: Pick<CertificateFacts, 'notBefore' | 'notAfter'> | undefined,
): boolean {
  return certificate === undefined || (certificate.notBefore <= date && date <= certificate.notAfter);
}

/** The token service dates a token by its own clock. Undefined if that date is near neither clock. */
export function clockWitnessOf(
  { own, host }: Times,
  { expiresAt, issuedAt }: Pick<Claims, 'expiresAt' | 'issuedAt'>,
  lifetimeMs: number | undefined,
): ClockWitness | undefined {
  const issued = expiresAt === undefined || lifetimeMs === undefined ? issuedAt : expiresAt - lifetimeMs;
  if (issued === undefined) return undefined;
  const fromHost = Math.abs(issued - host);
  const fromOwn = Math.abs(issued - own);
  // The date must be twice as near to one clock as to the other: Entra dates tokens five minutes back, and may return a
  // token that it issued earlier.
  if (fromHost * 2 <= fromOwn) return 'confirms';
  return fromOwn * 2 <= fromHost ? 'contradicts' : undefined;
}

/** By how many seconds to correct this machine's clock. A `Date` that the token contradicts does not count. */
export function correctionSeconds(seen: {
  readonly clockSkewSeconds?: number | undefined;
  readonly clockWitness?: ClockWitness | undefined;
}): number {
  return seen.clockWitness === 'contradicts' ? 0 : (seen.clockSkewSeconds ?? 0);
}
