/**
 * The files and environment variables from which the configuration is read. Passed to `loadConfig` and on to all
 * readers.
 */
import type { Files } from '../model/files.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Surroundings {
  readonly env: Environment;
  readonly files: Files;
  /** If true, secrets, keys and tokens may be absent, because nothing will log in with this configuration. */
  readonly withoutSecrets?: boolean;
}
