/**
 * Where is the store? Used by the daemon and the commands `report` and `backup`. Pure, because the caller says whether
 * a folder can be written.
 */
import { dirname, join } from 'node:path';
import type { DatabaseSettings } from '../model/database.ts';

export interface StoreLocationQuestion {
  /** `store` of the configuration: a file, or `none`. */
  readonly configured: string | undefined;
  /** The database of the configuration. If set, `configured` is not used. */
  readonly database: DatabaseSettings | undefined;
  readonly configFile: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly canWrite: (folder: string) => boolean;
}

export type StoreLocation =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'database'; readonly database: DatabaseSettings }
  /** `warning` is set if the configuration did not ask for `none`. */
  | { readonly kind: 'none'; readonly warning?: string };

const NAME = 'mailprobe.db';

/** Resolves a relative path against the folder of the configuration file. */
export function storeLocation({
  configured,
  database,
  configFile,
  env,
  canWrite,
}: StoreLocationQuestion): StoreLocation {
  if (database !== undefined) return { kind: 'database', database };
  if (configured === 'none') return { kind: 'none' };
  const beside = dirname(configFile);
  if (configured !== undefined)
    return { kind: 'file', file: configured.startsWith('/') ? configured : join(beside, configured) };
  // If StateDirectory= of systemd names several folders, STATE_DIRECTORY holds all of them. The first one is used.
  const [stateFolder = ''] = (env['STATE_DIRECTORY'] ?? '').split(':');
  if (stateFolder !== '') return { kind: 'file', file: join(stateFolder, NAME) };
  if (canWrite(beside)) return { kind: 'file', file: join(beside, NAME) };
  return {
    kind: 'none',
    warning: `nothing is kept across a restart: the folder ${beside} of the configuration cannot be written, STATE_DIRECTORY is not set, and \`store\` names no file`,
  };
}
