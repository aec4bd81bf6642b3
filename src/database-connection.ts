/**
 * Returns the options for connections to the configured PostgreSQL database. The password and the trusted certificates
 * are read from their files when a connection needs them. Used by `open-store.ts` and the commands `report` and
 * `backup`.
 */
import { readSecret } from './config/secret.ts';
import type { Surroundings } from './config/surroundings.ts';
import type { DatabaseSettings } from './model/database.ts';
import { CONFIG_LIMIT_BYTES, FileError } from './model/files.ts';
import type { Redactor } from './model/redactor.ts';
import { StoreError } from './model/store-error.ts';
import type { ConnectionOptions } from './store/postgres/connection-pool.ts';

export function databaseConnection(
  database: DatabaseSettings,
  surroundings: Surroundings,
  redactor: Pick<Redactor, 'add'>,
): ConnectionOptions {
  const { passwordFile, caFile } = database;
  return {
    database,
    applicationName: 'mailprobe',
    ...(passwordFile !== undefined && {
      password: async () => await readPassword(passwordFile, surroundings, redactor),
    }),
    ...(caFile !== undefined && { authorities: async () => await readAuthorities(caFile, surroundings) }),
  };
}

async function readPassword(
  path: string,
  surroundings: Surroundings,
  redactor: Pick<Redactor, 'add'>,
): Promise<string> {
  try {
    const password = (await readSecret({ from: 'file', path }, surroundings)).reveal();
    redactor.add(password);
    return password;
  } catch (error) {
    throw unusable('password_file', path, error);
  }
}

async function readAuthorities(path: string, { files }: Surroundings): Promise<string> {
  try {
    return new TextDecoder().decode(await files.read(path, CONFIG_LIMIT_BYTES));
  } catch (error) {
    throw unusable('ca_file', path, error);
  }
}

function unusable(key: string, path: string, error: unknown): StoreError {
  const known = error instanceof FileError || (error instanceof Error && 'reason' in error);
  const reason = known ? String(error.reason) : 'it cannot be read';
  return new StoreError('denied', `the ${key} of the store, ${path}, cannot be used: ${reason}`);
}
