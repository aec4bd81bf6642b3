/**
 * The certificates of the sandbox's hosts: a valid one, and one for each network fault that concerns certificates. Each
 * is created on first use, because it needs a key pair.
 */
import { createSecureContext, type SecureContext } from 'node:tls';
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type IssuedCertificate,
} from './certificates.ts';

const DAY_MS = 86_400_000;
const NAMES = ['localhost', '127.0.0.1', '::1', 'sandbox.mailprobe.simulated'];

/**
 * The returned function gives the certificate for a fault. If the fault does not concern certificates, that is the
 * valid one. `names`: further names in the certificates.
 */
export function createSecureContexts(
  authority: CertificateAuthority,
  names: readonly string[] = [],
): (fault: string) => Promise<SecureContext> {
  const made = new Map<string, Promise<SecureContext>>();
  return async (fault) => {
    const kind = fault.endsWith('-certificate') ? fault : 'good';
    const known = made.get(kind) ?? issue(authority, kind, [...NAMES, ...names]).then(createSecureContext);
    made.set(kind, known);
    return await known;
  };
}

async function issue(
  authority: CertificateAuthority,
  kind: string,
  names: readonly string[],
): Promise<IssuedCertificate> {
  const commonName = 'localhost';
  if (kind === 'expired-certificate') {
    const notBefore = new Date(Date.now() - 90 * DAY_MS);
    const notAfter = new Date(Date.now() - DAY_MS);
    return await authority.issue({ commonName, names, notBefore, notAfter });
  }
  if (kind === 'wrong-name-certificate') {
    const other = 'captive-portal.contoso.example';
    return await authority.issue({ commonName: other, names: [other] });
  }
  if (kind === 'untrusted-certificate') {
    const inspection = await createCertificateAuthority('Contoso TLS Inspection (simulated by mailprobe)');
    return await inspection.issue({ commonName, names });
  }
  return await authority.issue({ commonName, names });
}
