/**
 * Reads and checks PEM files: the additional authorities, and the certificate and key of an app or of the HTTP
 * interface. Messages hold none of the content. Called by `load.ts`, `credential-files.ts` and `http-files.ts`.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Fault } from './config-error.ts';

/**
 * Also matches a block without an END line, up to the next block or the end of the text. Such a block is then reported
 * as invalid.
 */
const CERTIFICATE =
  /-----BEGIN CERTIFICATE-----(?:(?!-----BEGIN CERTIFICATE-----)[^])*?(?:-----END CERTIFICATE-----|(?=-----BEGIN CERTIFICATE-----)|$)/g;

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: Fault };

/**
 * Returns all certificates of a bundle, without the text between them. A certificate that cannot be parsed makes the
 * whole bundle invalid.
 */
export function parseAuthorities(pem: string): Parsed<string> {
  const blocks = pem.match(CERTIFICATE) ?? [];
  const bad = blocks.findIndex((block) => parseX509(block) === undefined);
  if (blocks.length > 0 && bad === -1) return { ok: true, value: `${blocks.join('\n')}\n` };
  const got = bad === -1 ? 'none' : `${blocks.length}, of which number ${bad + 1} cannot be parsed`;
  return {
    ok: false,
    fault: {
      code: 'ca-file-invalid',
      message: `expected PEM certificates (-----BEGIN CERTIFICATE-----), got ${got}`,
    },
  };
}

/** Returns the first certificate of a file. The certificates after it are its chain. */
export function parseCertificate(pem: string): Parsed<X509Certificate> {
  const certificate = parseX509(pem.match(CERTIFICATE)?.[0] ?? '');
  if (certificate !== undefined) return { ok: true, value: certificate };
  return {
    ok: false,
    fault: {
      code: 'certificate-invalid',
      message: 'expected a PEM certificate (-----BEGIN CERTIFICATE-----), got something else',
      hint: 'a .pfx file becomes PEM by: openssl pkcs12 -in app.pfx -nodes -out app.pem',
    },
  };
}

export function parsePrivateKey(pem: string): Parsed<KeyObject> {
  try {
    return { ok: true, value: createPrivateKey(pem) };
  } catch {
    const encrypted = /ENCRYPTED/.test(pem);
    const got = encrypted ? 'one that is protected by a passphrase' : 'something else';
    return {
      ok: false,
      fault: {
        code: encrypted ? 'private-key-encrypted' : 'private-key-invalid',
        message: `expected a PEM private key without passphrase (-----BEGIN PRIVATE KEY-----), got ${got}`,
        ...(encrypted ? { hint: 'remove it: openssl pkey -in KEY -out NEW-KEY' } : {}),
      },
    };
  }
}

function parseX509(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
