/** The certificates that mail servers presented at the last probes, one for each endpoint. */
import { type CertificateFacts, stageOf } from '../model/evidence.ts';
import type { TargetStatus } from '../model/status.ts';
import { endpointName } from '../model/target.ts';
import { createPace, type Pace } from './slices.ts';

export interface ServerCertificate {
  /** `host:port`. */
  readonly endpoint: string;
  readonly certificate: CertificateFacts;
}

/** After this many targets, the computation checks whether a pause is due. */
const EVERY = 256;

/**
 * Returns the certificate of each endpoint. Servers behind the same name may present different certificates. Of these,
 * returns the one that expires first.
 */
export function serverCertificatesOf(targets: readonly TargetStatus[]): readonly ServerCertificate[] {
  const earliest: Earliest = new Map();
  for (const target of targets) note(earliest, target);
  return listOf(earliest);
}

/**
 * Does the same as `serverCertificatesOf`, but in slices, so that the certificates of a whole fleet do not delay
 * probes.
 */
export async function allServerCertificates(
  targets: readonly TargetStatus[],
  pace: Pace = createPace(),
): Promise<readonly ServerCertificate[]> {
  const earliest: Earliest = new Map();
  for (const [at, target] of targets.entries()) {
    note(earliest, target);
    if (at % EVERY === 0 && pace.isDue()) await pace.breathe();
  }
  return listOf(earliest);
}

/** Key: `host:port` of the endpoint. */
type Earliest = Map<string, CertificateFacts>;

function note(earliest: Earliest, { target, lastProbe }: TargetStatus): void {
  const certificate = lastProbe && stageOf(lastProbe.evidence, 'tls')?.facts.certificate;
  if (certificate === undefined || !Number.isFinite(certificate.notAfter)) return;
  const endpoint = endpointName(target.endpoint);
  const known = earliest.get(endpoint);
  if (known === undefined || certificate.notAfter < known.notAfter) earliest.set(endpoint, certificate);
}

function listOf(earliest: Earliest): readonly ServerCertificate[] {
  return Array.from(earliest, ([endpoint, certificate]) => ({ endpoint, certificate }));
}
