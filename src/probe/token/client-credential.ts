/**
 * Reads an app's credential and converts it to msal's form. Reads it again for every token request, so that a new file
 * needs no restart. Called by token-request.ts.
 */
import type { SecretShape } from '../../model/evidence.ts';
import type { Failure } from '../../model/failure.ts';
import { untrustedText } from '../../model/untrusted-text.ts';
import type { Redactor } from '../../model/redactor.ts';
import type { Secret } from '../../model/secret.ts';
import type { Credential, SecretSource } from '../../model/target.ts';
import { cleanText } from '../../model/text.ts';
import { type CertificateCredential, readCertificate } from './certificate-credential.ts';
import { readCredentialFile, type ReadFile, systemCode, UnusableCredential } from './credential-file.ts';
import { secretShape } from './secret-shape.ts';

/** The credential as members of msal's `auth`. */
export type ClientCredential =
  | { readonly clientSecret: string }
  | { readonly clientAssertion: string }
  | { readonly clientCertificate: CertificateCredential };

export type CredentialReading =
  | { readonly ok: true; readonly credential: ClientCredential; readonly secretShape?: SecretShape }
  | { readonly ok: false; readonly failure: Failure };

export interface CredentialReaders {
  readonly readSecret: (source: SecretSource) => Promise<Secret>;
  readonly readFile: ReadFile;
  readonly redactor: Redactor;
}

/** A failure is of kind `credential`. Never rejects. */
export async function readCredential(
  credential: Credential,
  readers: CredentialReaders,
): Promise<CredentialReading> {
  try {
    return await read(credential, readers);
  } catch (error) {
    if (error instanceof UnusableCredential) return refused(error.code, error.message);
    const reason = error instanceof Error ? error.message : 'for an unknown reason';
    return refused(
      fileFault(error) ?? 'unreadable',
      `The credential cannot be read: ${untrustedText(reason, readers.redactor)}`,
    );
  }
}

/**
 * Returns the error's code if the file is at fault (`file-...`), or if this process has no free file descriptor.
 * Undefined for any other error.
 */
function fileFault(error: unknown): string | undefined {
  const code = systemCode(error) ?? '';
  return /^(?:file-|EMFILE$|ENFILE$)/.test(code) ? code : undefined;
}

function read(credential: Credential, readers: CredentialReaders): Promise<CredentialReading> {
  if (credential.kind === 'secret') return readClientSecret(credential.source, readers);
  if (credential.kind === 'federated-token') return readFederatedToken(credential.tokenFile, readers);
  return readClientCertificate(credential, readers);
}

async function readClientSecret(
  source: SecretSource,
  { readSecret, redactor }: CredentialReaders,
): Promise<CredentialReading> {
  const value = (await readSecret(source)).reveal();
  redactor.add(value);
  if (value === '') return refused('empty-secret', `The client secret from ${nameOf(source)} is empty.`);
  return { ok: true, credential: { clientSecret: value }, secretShape: secretShape(value) };
}

async function readClientCertificate(
  { certificateFile, privateKeyFile }: Credential & { kind: 'certificate' },
  { readFile }: CredentialReaders,
): Promise<CredentialReading> {
  const clientCertificate = await readCertificate(readFile, certificateFile, privateKeyFile);
  return { ok: true, credential: { clientCertificate } };
}

/** Reads a federated token, such as a projected Kubernetes token. */
async function readFederatedToken(
  path: string,
  { readFile, redactor }: CredentialReaders,
): Promise<CredentialReading> {
  const token = (await readCredentialFile(readFile, path, 'federated token file')).toString('utf8').trim();
  redactor.add(token);
  if (token === '') return refused('empty-assertion', `The federated token file ${path} is empty.`);
  return { ok: true, credential: { clientAssertion: token } };
}

function refused(code: string, text: string): CredentialReading {
  return { ok: false, failure: { kind: 'credential', code, text: cleanText(text) } };
}

/** Returns where the credential is, for a message: `/run/secrets/plm`. */
export function placeOf(credential: Credential): string {
  switch (credential.kind) {
    case 'secret':
      return nameOf(credential.source);
    case 'certificate':
      return `${credential.certificateFile} or ${credential.privateKeyFile}`;
    case 'federated-token':
      return credential.tokenFile;
  }
}

function nameOf(source: SecretSource): string {
  return source.from === 'file' ? source.path : `the environment variable ${source.name}`;
}
