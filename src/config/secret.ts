/**
 * Reads a secret from its configured source at each call, so that a rotation needs no restart. Refuses only values that
 * can never work. Called by `load.ts`, which checks that the secret exists, and at each use of a secret.
 */
import { CREDENTIAL_LIMIT_BYTES, FileError, type FileFault, type Files } from '../model/files.ts';
import { Secret } from '../model/secret.ts';
import type { SecretSource } from '../model/target.ts';
import { readText } from './read-file.ts';
import type { Surroundings } from './surroundings.ts';

export type SecretFault = FileFault | 'secret-empty' | 'secret-env-unset' | 'secret-byte-order-mark';

/** The message names the file or the variable of the secret, never the content. */
export class SecretError extends Error {
  readonly code: SecretFault;
  /**
   * The message without the name of the file or variable. The user may have written the secret in place of this name.
   */
  readonly reason: string;

  constructor(code: SecretFault, reason: string, source: SecretSource) {
    const where =
      source.from === 'file' ? `the secret file ${source.path}` : `the environment variable ${source.name}`;
    super(`cannot use ${where}: ${reason}`);
    this.name = 'SecretError';
    this.code = code;
    this.reason = reason;
  }
}

/**
 * Reads the secret. One line end at the end of a file is not part of the secret. Nothing else is trimmed. Rejects with
 * `SecretError`.
 */
export async function readSecret(source: SecretSource, { env, files }: Surroundings): Promise<Secret> {
  const value = source.from === 'file' ? await readSecretFile(source, files) : env[source.name];
  if (value === undefined) throw new SecretError('secret-env-unset', 'it is not set', source);
  if (value.trim() === '') throw new SecretError('secret-empty', 'it is empty', source);
  return new Secret(value);
}

async function readSecretFile(source: SecretSource & { from: 'file' }, files: Files): Promise<string> {
  const text = await readText(files, source.path, CREDENTIAL_LIMIT_BYTES).catch((error: unknown) => {
    if (error instanceof FileError) throw new SecretError(error.code, error.reason, source);
    throw error;
  });
  if (text.startsWith('\uFEFF')) {
    const reason =
      'it begins with a byte order mark, which would be sent with the secret: save it without one';
    throw new SecretError('secret-byte-order-mark', reason, source);
  }
  return text.replace(/\r?\n$/, '');
}
