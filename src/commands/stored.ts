/** The store that the configuration names, opened read-only beside a daemon that may be running. For `report`, `backup`. */
import { loadConfig } from '../config/load.ts';
import { formatErrors } from '../config/config-error.ts';
import { canWrite } from '../files/can-write.ts';
import { StoreError } from '../model/store-error.ts';
import { createSqliteStore } from '../store/sqlite-store.ts';
import { storeLocation } from '../store/store-location.ts';
import type { Store } from '../store/store.ts';
import { type CommandIo, EXIT } from './command.ts';

/** The command's exit code: that of `use`, or 3 where there is no store that can be read. */
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
  const place = storeLocation({ configured: loaded.config.store, configFile, env: io.env, canWrite });
  if (place.kind === 'none') {
    io.stderr.write(`${place.warning ?? `"store" in ${configFile} is none: nothing is kept`}.\n`);
    return EXIT.unknown;
  }
  const store = createSqliteStore({ file: place.file, readOnly: true });
  try {
    return await use(store, place.file);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    io.stderr.write(`${error.message}.\n`);
    return EXIT.unknown;
  } finally {
    await store.close();
  }
}
