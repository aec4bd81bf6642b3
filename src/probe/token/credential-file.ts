/**
 * Reads a file of a credential. If the file cannot be read or used, rejects with an `UnusableCredential` whose message
 * names the file and the reason. Called by client-credential.ts and certificate-credential.ts.
 */
import { FileError } from '../../model/files.ts';

/** Must limit the size of the file and the time. Rejects with `FileError`. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/**
 * A credential that cannot be read or used. Becomes a failure of kind `credential`. Its message holds no content of the
 * file.
 */
export class UnusableCredential extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'UnusableCredential';
    this.code = code;
  }
}

/** `what` names the purpose of the file, such as `private key file`. */
export async function readCredentialFile(readFile: ReadFile, path: string, what: string): Promise<Buffer> {
  try {
    return Buffer.from(await readFile(path));
  } catch (error) {
    const { code, reason } =
      error instanceof FileError ? error : { code: 'file-unreadable', reason: 'the system refuses' };
    throw new UnusableCredential(code, `The ${what} ${path} cannot be read: ${reason}.`);
  }
}

/** Returns the code that Node gave to an error, such as `ERR_MISSING_PASSPHRASE`. Undefined if there is none. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
