/**
 * If the `Date` header of a host and this machine's clock differ, decides which of the two is wrong. A second source of
 * time shows it: the host's certificate, or the token that the host issued.
 */
import type { CertificateFacts, Claims, ClockWitness } from './evidence.ts';

/** Two readings of the same moment, in epoch milliseconds: by this machine's clock, and by the host's `Date` header. */
interface Times {
  readonly own: number;
  readonly host: number;
}

/**
 * Whether the host's `Date` lies within the validity of its certificate. This machine has accepted the certificate as
 * valid now. So if the `Date` is outside the validity, the host's clock is wrong. True if there is no certificate.
 */
export function isPlausibleDate(
  date: number,
  certificate: Pick<CertificateFacts, 'notBefore' | 'notAfter'> | undefined,
): boolean {
  return certificate === undefined || (certificate.notBefore <= date && date <= certificate.notAfter);
}

/**
 * Returns whether the token's time of issue confirms or contradicts the host's `Date`. The time of issue comes from the
 * clock of the token service. Undefined if it is unknown, or about as near to one clock as to the other.
 */
export function clockWitnessOf(
  { own, host }: Times,
  { expiresAt, issuedAt }: Pick<Claims, 'expiresAt' | 'issuedAt'>,
  lifetimeMs: number | undefined,
): ClockWitness | undefined {
  const issued = expiresAt === undefined || lifetimeMs === undefined ? issuedAt : expiresAt - lifetimeMs;
  if (issued === undefined) return undefined;
  const fromHost = Math.abs(issued - host);
  const fromOwn = Math.abs(issued - own);
  // The time of issue must be twice as near to one clock as to the other. It is inexact, because Entra dates tokens
  // five minutes back and may return a token that it issued earlier.
  if (fromHost * 2 <= fromOwn) return 'confirms';
  return fromOwn * 2 <= fromHost ? 'contradicts' : undefined;
}

/**
 * Returns the seconds by which this machine's clock is ahead of the host's, negative if it is behind. Returns 0 if the
 * difference is unknown, or if the token shows that the host's `Date` is wrong.
 */
export function correctionSeconds(seen: {
  readonly clockSkewSeconds?: number | undefined;
  readonly clockWitness?: ClockWitness | undefined;
}): number {
  return seen.clockWitness === 'contradicts' ? 0 : (seen.clockSkewSeconds ?? 0);
}
