/**
 * Reads a certificate and its private key from PEM files. msal signs an assertion with them. Refuses unusable files,
 * because msal accepts any text as key or thumbprint, and fails later with an unclear message.
 */
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { cleanText } from '../../model/text.ts';
import { readCredentialFile, type ReadFile, systemCode, UnusableCredential } from './credential-file.ts';

export interface CertificateCredential {
  /** SHA-256 of the DER form, in hex. */
  readonly thumbprintSha256: string;
  /** PEM, PKCS#8, without a passphrase. */
  readonly privateKey: string;
  /** The certificate as PEM. Registrations that trust an issuer and subject need it. */
  readonly x5c: string;
}

/** Rejects with `UnusableCredential`. */
export async function readCertificate(
  readFile: ReadFile,
  certificateFile: string,
  keyFile: string,
): Promise<CertificateCredential> {
  const certificatePem = await readCredentialFile(readFile, certificateFile, 'certificate file');
  const keyPem = await readCredentialFile(readFile, keyFile, 'private key file');
  const certificate = parseCertificate(certificatePem, certificateFile);
  const key = parsePrivateKey(keyPem, keyFile);
  if (!certificate.checkPrivateKey(key)) {
    throw new UnusableCredential(
      'key-mismatch',
      `The private key in ${keyFile} does not belong to the first certificate in ${certificateFile} (${cleanText(certificate.subject, 100)}). Give the key that this certificate was made with.`,
    );
  }
  return {
    thumbprintSha256: createHash('sha256').update(certificate.raw).digest('hex'),
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    x5c: certificate.toString(),
  };
}

function parseCertificate(pem: Buffer, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new UnusableCredential(
      'bad-certificate',
      `${path} holds no certificate in PEM form: it must begin with -----BEGIN CERTIFICATE-----.`,
    );
  }
}

/** Entra wants assertions signed with PS256, which needs an RSA key of at least 2048 bits. */
function parsePrivateKey(pem: Buffer, path: string): KeyObject {
  const key = importPrivateKey(pem, path);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < 2048) {
    throw new UnusableCredential(
      'unsupported-key',
      `The private key in ${path} is ${key.asymmetricKeyType ?? 'of an unknown type'}${bits > 0 ? ` of ${bits} bits` : ''}. Microsoft Entra takes RSA keys of at least 2048 bits.`,
    );
  }
  return key;
}

function importPrivateKey(pem: Buffer, path: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const encrypted =
      systemCode(error) === 'ERR_MISSING_PASSPHRASE' ||
      /BEGIN ENCRYPTED|,ENCRYPTED/.test(pem.toString('latin1'));
    throw new UnusableCredential(
      encrypted ? 'encrypted-key' : 'bad-key',
      encrypted
        ? `The private key in ${path} is protected by a passphrase. Give it without one: openssl pkey -in ${path} -out KEY.pem`
        : `${path} holds no private key in PEM form: it must contain -----BEGIN PRIVATE KEY-----.`,
    );
  }
}
