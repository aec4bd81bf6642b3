/**
 * Opens the store of the configuration for reading only, because a daemon may be running. Used by `report` and
 * `backup`.
 */
import { loadConfig } from '../config/load.ts';
import { formatErrors } from '../config/config-error.ts';
import { canWrite } from '../files/can-write.ts';
import { databaseConnection } from '../database-connection.ts';
import { databaseName } from '../model/database.ts';
import { createRedactor } from '../model/redactor.ts';
import { StoreError } from '../model/store-error.ts';
import { createPostgresStore } from '../store/postgres-store.ts';
import { createSqliteStore } from '../store/sqlite-store.ts';
import { storeLocation } from '../store/store-location.ts';
import type { Store } from '../store/store.ts';
import { type CommandIo, EXIT } from './command.ts';

/** Returns the exit code of `use`. If there is no readable store, prints the reason and returns 3. */
export async function withStore(
  configFile: string,
  io: CommandIo,
  use: (store: Store, file: string) => Promise<number>,
): Promise<number> {
  const loaded = await loadConfig(configFile, io);
  if (!loaded.ok) {
    io.stderr.write(formatErrors(loaded.errors));
    return EXIT.unknown;
  }
  const { store: configured, database } = loaded.config;
  const place = storeLocation({ configured, database, configFile, env: io.env, canWrite });
  if (place.kind === 'none') {
    io.stderr.write(`${place.warning ?? `"store" in ${configFile} is none: nothing is kept`}.\n`);
    return EXIT.unknown;
  }
  const store =
    place.kind === 'file'
      ? createSqliteStore({ file: place.file, readOnly: true })
      : createPostgresStore({
          ...databaseConnection(place.database, io, createRedactor()),
          readOnly: true,
        });
  try {
    return await use(store, place.kind === 'file' ? place.file : databaseName(place.database));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    io.stderr.write(`${error.message}.\n`);
    return EXIT.unknown;
  } finally {
    await store.close();
  }
}
