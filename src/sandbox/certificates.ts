/**
 * Creates a certificate authority and server certificates in memory. Used by the sandbox, and by tests that need a
 * server certificate that has expired, is for another name, or is of an untrusted authority.
 */
import { generateKeyPair } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import forge from 'node-forge';

const DAY_MS = 86_400_000;

export interface IssuedCertificate {
  /** PEM. */
  readonly cert: string;
  /** PEM, PKCS#8. */
  readonly key: string;
}

export interface CertificateRequest {
  readonly commonName: string;
  /** DNS names and IP addresses. */
  readonly names: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export interface CertificateAuthority {
  /** PEM of the authority itself. */
  readonly cert: string;
  readonly issue: (request: CertificateRequest) => Promise<IssuedCertificate>;
}

export async function createCertificateAuthority(commonName: string): Promise<CertificateAuthority> {
  const keys = await createKeyPair();
  const name = [{ name: 'commonName', value: commonName }];
  const authority = createCertificate(keys.publicKey, 1, {});
  authority.setSubject(name);
  authority.setIssuer(name);
  authority.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  const signingKey = forge.pki.privateKeyFromPem(keys.privateKey);
  authority.sign(signingKey, forge.md.sha256.create());
  let serial = 1;
  return {
    cert: forge.pki.certificateToPem(authority),
    issue: async (request) => {
      serial += 1;
      const leafKeys = await createKeyPair();
      const leaf = createCertificate(leafKeys.publicKey, serial, request);
      leaf.setSubject([{ name: 'commonName', value: request.commonName }]);
      leaf.setIssuer(name);
      leaf.setExtensions([
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: request.names.map(alternativeName) },
      ]);
      leaf.sign(signingKey, forge.md.sha256.create());
      return { cert: forge.pki.certificateToPem(leaf), key: leafKeys.privateKey };
    },
  };
}

function createCertificate(
  publicKey: string,
  serial: number,
  validity: Pick<CertificateRequest, 'notBefore' | 'notAfter'>,
): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = serial.toString(16).padStart(4, '0');
  certificate.validity.notBefore = validity.notBefore ?? new Date(Date.now() - DAY_MS);
  certificate.validity.notAfter = validity.notAfter ?? new Date(Date.now() + 365 * DAY_MS);
  return certificate;
}

/** Returns a name for the certificate. Type 2 is a DNS name, type 7 an IP address (RFC 5280, GeneralName). */
function alternativeName(name: string): { type: number; value?: string; ip?: string } {
  return isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name };
}

/** Generates keys with node:crypto, which is much faster than node-forge. */
async function createKeyPair(): Promise<{ publicKey: string; privateKey: string }> {
  return await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}
