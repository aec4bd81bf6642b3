/** The program's own reader of files, for whatever a test lets read. */
import { createFiles } from '../../src/files/bounded-files.ts';
import { systemFiles } from '../../src/files/system-files.ts';
import { CREDENTIAL_LIMIT_BYTES, type Files } from '../../src/model/files.ts';

/** With a limit that no verdict may depend on: on a loaded machine a small file takes seconds. */
export const createPatientFiles = (): Files => createFiles(systemFiles, { timeoutMs: 120_000, mostHung: 2 });

export const files: Files = createPatientFiles();

export async function readFile(path: string): Promise<Uint8Array> {
  return await files.read(path, CREDENTIAL_LIMIT_BYTES);
}
