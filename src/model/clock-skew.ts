/**
 * Which is wrong, the `Date` header of a host or this machine's clock? The `Date` alone does not show it. A second
 * source of time decides: the host's own certificate, or the token that it issued. Called where a reply is read and
 * where it is diagnosed.
 */
import type { CertificateFacts, Claims, ClockWitness } from './evidence.ts';

/** The time by this machine's clock and by the host's, in epoch milliseconds. */
interface Times {
  readonly own: number;
  readonly host: number;
}

/**
 * Whether the host's `Date` lies within the validity of its certificate. The certificate is trusted, so it is valid by
 * this machine's clock, and a `Date` outside its validity is wrong. True without a certificate.
 */
export function isPlausibleDate(
  date: number,
  certificate: Pick<CertificateFacts, 'notBefore' | 'notAfter'> | undefined,
): boolean {
  return certificate === undefined || (certificate.notBefore <= date && date <= certificate.notAfter);
}

/**
 * Returns whether the token's time of issue confirms or contradicts the host's `Date`. The token service sets that time
 * by its own clock. Undefined if the time is unknown, or not clearly nearer to one of the two clocks.
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
  // The time must be twice as near to one clock as to the other, because Entra dates tokens five minutes back, and may
  // return a token that it issued earlier.
  if (fromHost * 2 <= fromOwn) return 'confirms';
  return fromOwn * 2 <= fromHost ? 'contradicts' : undefined;
}

/**
 * Returns the seconds by which this machine's clock is ahead of the host's, negative if it is behind. 0 if this is
 * unknown, or if the token contradicts the host's `Date`.
 */
export function correctionSeconds(seen: {
  readonly clockSkewSeconds?: number | undefined;
  readonly clockWitness?: ClockWitness | undefined;
}): number {
  return seen.clockWitness === 'contradicts' ? 0 : (seen.clockSkewSeconds ?? 0);
}
