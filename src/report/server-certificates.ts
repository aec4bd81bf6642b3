/** The certificates that mail servers presented at the last probes, one for each endpoint. */
import { type CertificateFacts, stageOf } from '../model/evidence.ts';
import type { TargetStatus } from '../model/status.ts';
import { endpointName } from '../model/target.ts';

export interface ServerCertificate {
  /** `host:port`. */
  readonly endpoint: string;
  readonly certificate: CertificateFacts;
}

/**
 * Returns the certificate of each endpoint. Servers behind the same name may present different certificates. Of these,
 * returns the one that expires first.
 */
export function serverCertificatesOf(targets: readonly TargetStatus[]): readonly ServerCertificate[] {
  const earliest = new Map<string, CertificateFacts>();
  for (const { target, lastProbe } of targets) {
    const certificate = lastProbe && stageOf(lastProbe.evidence, 'tls')?.facts.certificate;
    if (certificate === undefined || !Number.isFinite(certificate.notAfter)) continue;
    const endpoint = endpointName(target.endpoint);
    const known = earliest.get(endpoint);
    if (known === undefined || certificate.notAfter < known.notAfter) earliest.set(endpoint, certificate);
  }
  return Array.from(earliest, ([endpoint, certificate]) => ({ endpoint, certificate }));
}
