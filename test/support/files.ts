/** The program's own reader of files, for whatever a test lets read. */
import { createFiles } from '../../src/files/bounded-files.ts';
import { CREDENTIAL_LIMIT_BYTES, type Files } from '../../src/model/files.ts';

export const files: Files = createFiles();

export async function readFile(path: string): Promise<Uint8Array> {
  return await files.read(path, CREDENTIAL_LIMIT_BYTES);
}
