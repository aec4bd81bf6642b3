/**
 * Reads secrets and files of credentials at each use, so that a rotated secret or file takes effect. Created by the
 * engine, `channel-edges.ts` and `notify test`.
 */
import { readSecret } from './config/secret.ts';
import type { Surroundings } from './config/surroundings.ts';
import { CREDENTIAL_LIMIT_BYTES } from './model/files.ts';
import type { Secret } from './model/secret.ts';
import type { SecretSource } from './model/target.ts';

export interface Readers {
  readonly readSecret: (source: SecretSource) => Promise<Secret>;
  readonly readFile: (path: string) => Promise<Uint8Array>;
}

export function createReaders(surroundings: Surroundings): Readers {
  return {
    readSecret: async (source) => await readSecret(source, surroundings),
    readFile: async (path) => await surroundings.files.read(path, CREDENTIAL_LIMIT_BYTES),
  };
}
