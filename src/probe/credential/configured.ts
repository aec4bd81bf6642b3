/**
 * Reads the facts by which an app's configured credential is recognized: the secret, or the thumbprints and the end
 * date of the certificate. Called by credential-store.ts. If a credential cannot be read, the token stage reports that.
 */
import { X509Certificate } from 'node:crypto';
import type { Redactor } from '../../model/redactor.ts';
import type { Secret } from '../../model/secret.ts';
import type { Credential, SecretSource } from '../../model/target.ts';
import type { Configured } from './match.ts';

export interface ConfiguredReaders {
  readonly readSecret: (source: SecretSource) => Promise<Secret>;
  /** Must limit the size of the file and the time. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
  readonly redactor: Redactor;
}

/** Undefined if the secret or the certificate cannot be read. The file of a federated token is not read. */
export async function readConfigured(
  credential: Credential,
  { readSecret, readFile, redactor }: ConfiguredReaders,
): Promise<Configured | undefined> {
  try {
    switch (credential.kind) {
      case 'secret': {
        const value = await readSecret(credential.source);
        redactor.add(value.reveal());
        return { kind: 'secret', value };
      }
      case 'certificate':
        return certificateFacts(await readFile(credential.certificateFile));
      case 'federated-token':
        return { kind: 'federated-token' };
    }
  } catch {
    return undefined;
  }
}

/** Reads the first certificate in the file, which is the one that signs. */
function certificateFacts(pem: Uint8Array): Configured {
  const certificate = new X509Certificate(pem);
  return {
    kind: 'certificate',
    thumbprintSha1: certificate.fingerprint.replaceAll(':', '').toUpperCase(),
    thumbprintSha256: certificate.fingerprint256.replaceAll(':', '').toUpperCase(),
    expiresAt: certificate.validToDate.getTime(),
  };
}

/** Returns the files from which the credential is read. Empty if it comes from an environment variable. */
export function credentialFiles(credential: Credential): readonly string[] {
  switch (credential.kind) {
    case 'secret':
      return credential.source.from === 'file' ? [credential.source.path] : [];
    case 'certificate':
      return [credential.certificateFile, credential.privateKeyFile];
    case 'federated-token':
      return [credential.tokenFile];
  }
}
