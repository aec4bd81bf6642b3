/**
 * Checks that the files of a credential exist and that their content is usable. Only a probe finds out whether the
 * identity provider accepts the credential. Called by `load.ts` for each app, and by `rotation.ts`.
 */
import { resolve } from 'node:path';
import { CREDENTIAL_LIMIT_BYTES, FileError, type Files } from '../model/files.ts';
import type { Credential } from '../model/target.ts';
import type { CredentialSettings } from './credential-schema.ts';
import { type Parsed, parseCertificate, parsePrivateKey } from './pem.ts';
import type { Fault } from './config-error.ts';
import { readText } from './read-file.ts';
import { readSecret, SecretError } from './secret.ts';
import { looksLikeSecret } from './shown.ts';
import type { Surroundings } from './surroundings.ts';

export interface KeyFault extends Fault {
  /** The key with the wrong value, such as `secret_file`. */
  readonly key: string;
}

/** Relative paths begin at `folder`. */
export function toCredential(settings: CredentialSettings, folder: string): Credential {
  const end = settings.expiresAt === undefined ? {} : { expiresAt: settings.expiresAt };
  if (settings.kind === 'secret-file') {
    return { kind: 'secret', source: { from: 'file', path: resolve(folder, settings.secretFile) }, ...end };
  }
  if (settings.kind === 'secret-env') {
    return { kind: 'secret', source: { from: 'env', name: settings.secretEnv }, ...end };
  }
  if (settings.kind === 'federated-token') {
    return { kind: 'federated-token', tokenFile: resolve(folder, settings.tokenFile), ...end };
  }
  return {
    kind: 'certificate',
    certificateFile: resolve(folder, settings.certificateFile),
    privateKeyFile: resolve(folder, settings.privateKeyFile),
    ...end,
  };
}

/** Returns the absolute paths of the files that a credential is read from. */
export function filesOf(settings: CredentialSettings, folder: string): readonly string[] {
  const credential = toCredential(settings, folder);
  if (credential.kind === 'certificate') return [credential.certificateFile, credential.privateKeyFile];
  if (credential.kind === 'federated-token') return [credential.tokenFile];
  return credential.source.from === 'file' ? [credential.source.path] : [];
}

export async function checkCredential(
  settings: CredentialSettings,
  folder: string,
  surroundings: Surroundings,
): Promise<readonly KeyFault[]> {
  const { files } = surroundings;
  if (settings.kind === 'secret-file')
    return await checkSecretFile(settings.secretFile, folder, surroundings);
  if (settings.kind === 'secret-env') return await checkSecretEnv(settings.secretEnv, surroundings);
  if (settings.kind === 'federated-token') return await checkTokenFile(settings.tokenFile, folder, files);
  return await checkCertificate(settings.certificateFile, settings.privateKeyFile, folder, files);
}

async function checkSecretFile(
  path: string,
  folder: string,
  surroundings: Surroundings,
): Promise<readonly KeyFault[]> {
  try {
    await readSecret({ from: 'file', path: resolve(folder, path) }, surroundings);
    return [];
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    return [{ key: 'secret_file', ...unreadable('the secret file', path, folder, error) }];
  }
}

async function checkSecretEnv(name: string, surroundings: Surroundings): Promise<readonly KeyFault[]> {
  try {
    await readSecret({ from: 'env', name }, surroundings);
    return [];
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    // A name in capitals is shown. Any other text may be the secret itself, pasted by mistake.
    const which = /^[A-Z][A-Z0-9_]*$/.test(name)
      ? `the environment variable ${name}`
      : 'the environment variable named here';
    return [{ key: 'secret_env', code: error.code, message: `cannot use ${which}: ${error.reason}` }];
  }
}

async function checkCertificate(
  certificateFile: string,
  keyFile: string,
  folder: string,
  files: Files,
): Promise<readonly KeyFault[]> {
  const read = async <T>(
    what: string,
    path: string,
    parse: (text: string) => Parsed<T>,
  ): Promise<Parsed<T>> => await readParsed(what, { path, folder, files }, parse);
  const certificate = await read('the certificate file', certificateFile, parseCertificate);
  const key = await read('the private key file', keyFile, parsePrivateKey);
  if (!certificate.ok || !key.ok) {
    return [
      ...(certificate.ok ? [] : [{ key: 'certificate_file', ...certificate.fault }]),
      ...(key.ok ? [] : [{ key: 'private_key_file', ...key.fault }]),
    ];
  }
  if (certificate.value.checkPrivateKey(key.value)) return [];
  const message = 'expected the private key of the certificate, got the key of another';
  return [{ key: 'private_key_file', code: 'private-key-mismatch', message }];
}

async function checkTokenFile(path: string, folder: string, files: Files): Promise<readonly KeyFault[]> {
  const token = await readParsed(
    'the federated token file',
    { path, folder, files },
    (text): Parsed<true> => {
      if (text.trim() !== '') return { ok: true, value: true };
      return {
        ok: false,
        fault: { code: 'token-file-empty', message: 'cannot use the federated token file: it is empty' },
      };
    },
  );
  return token.ok ? [] : [{ key: 'federated_token_file', ...token.fault }];
}

async function readParsed<T>(
  what: string,
  { path, folder, files }: { readonly path: string; readonly folder: string; readonly files: Files },
  parse: (text: string) => Parsed<T>,
): Promise<Parsed<T>> {
  try {
    return parse(await readText(files, resolve(folder, path), CREDENTIAL_LIMIT_BYTES));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return { ok: false, fault: unreadable(what, path, folder, error) };
  }
}

/**
 * Returns the fault of a file that cannot be used. Quotes its path only if the text is certainly a path, because a bare
 * word may be the secret itself.
 */
function unreadable(
  what: string,
  path: string,
  folder: string,
  { code, reason }: { readonly code: string; readonly reason: string },
): Fault {
  const isPath = /^(?:\.{0,2}\/|[A-Za-z]:[\\/])/.test(path) || (path.includes('/') && !looksLikeSecret(path));
  if (isPath) return { code, message: `cannot use ${what} ${resolve(folder, path)}: ${reason}` };
  return {
    code,
    message: `cannot use ${what} of that name in the folder of this file: ${reason}`,
    ...(code === 'file-missing' ? { hint: 'write the path of a file here, not the secret itself' } : {}),
  };
}
