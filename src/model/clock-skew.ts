/**
 * Whether the `Date` of a host or this machine's clock is wrong. One `Date` alone proves nothing: a second source of time
 * decides, the host's own certificate or the token that it issued. Called where answers are read and judged.
 */
import type { CertificateFacts, Claims, ClockWitness } from './evidence.ts';

/** Epoch milliseconds. */
interface Times {
  readonly own: number;
  readonly host: number;
}

/** A certificate that is trusted is valid by this machine's clock. A `Date` outside its validity is wrong by itself. */
export function isPlausibleDate(
  date: number,
  certificate: Pick<CertificateFacts, 'notBefore' | 'notAfter'> | undefined,
): boolean {
  return certificate === undefined || (certificate.notBefore <= date && date <= certificate.notAfter);
}

/** A token is issued by the clock of the token service. Undefined where its time is near neither clock. */
export function clockWitnessOf(
  { own, host }: Times,
  { expiresAt, issuedAt }: Pick<Claims, 'expiresAt' | 'issuedAt'>,
  lifetimeMs: number | undefined,
): ClockWitness | undefined {
  const issued = expiresAt === undefined || lifetimeMs === undefined ? issuedAt : expiresAt - lifetimeMs;
  if (issued === undefined) return undefined;
  const fromHost = Math.abs(issued - host);
  const fromOwn = Math.abs(issued - own);
  // Twice as near: Entra dates tokens five minutes back, and may serve one that it issued earlier.
  if (fromHost * 2 <= fromOwn) return 'confirms';
  return fromOwn * 2 <= fromHost ? 'contradicts' : undefined;
}

/** By how much to correct this machine's clock, in seconds: not by a `Date` that the token contradicts. */
export function correctionSeconds(seen: {
  readonly clockSkewSeconds?: number | undefined;
  readonly clockWitness?: ClockWitness | undefined;
}): number {
  return seen.clockWitness === 'contradicts' ? 0 : (seen.clockSkewSeconds ?? 0);
}
