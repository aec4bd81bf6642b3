/**
 * Holds the configuration in force. Reloads it on request and when one of its files changes. If the new configuration
 * is invalid, logs its errors and keeps the old one. Used by the daemon.
 */
import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import type { ConfigError } from './config/config-error.ts';
import { isRotation } from './config/rotation.ts';
import { watchFiles } from './config/watch-files.ts';
import type { ConfigLoader } from './config-loader.ts';
import type { Files } from './model/files.ts';
import type { ConfigState } from './report/source.ts';

export interface ConfigurationEdges {
  readonly loader: ConfigLoader;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: Files;
  readonly logger: Logger;
  /** Called with each valid configuration, including the first one. */
  readonly apply: (config: Config) => Promise<void>;
  /**
   * Receives the absolute paths of changed files. Called after the reload, even if the new configuration was rejected.
   */
  readonly onFilesChanged: (paths: readonly string[]) => void;
  readonly onBug: (error: unknown) => void;
}

export interface Configuration {
  readonly current: () => Config;
  readonly state: () => ConfigState;
  /** Puts the first configuration into force, and watches its files. */
  readonly start: () => Promise<void>;
  /** Resolves to false if the new configuration has errors. */
  readonly reload: () => Promise<boolean>;
  readonly close: () => void;
}

export function createConfiguration(initial: Config, edges: ConfigurationEdges): Configuration {
  const { loader, logger, apply, onFilesChanged, onBug } = edges;
  let config = initial;
  let loadedAt = Date.now();
  let lastReloadSuccessful = true;

  const bringIntoForce = async (next: Config): Promise<void> => {
    config = next;
    await apply(next);
    await files.update([...next.files, ...next.folders]);
  };

  const reloadNow = async (): Promise<boolean> => {
    await files.refresh();
    const loaded = await loader.load();
    lastReloadSuccessful = loaded.ok;
    if (loaded.ok) {
      loadedAt = Date.now();
      await bringIntoForce(loaded.config);
      logger.info(
        { event: 'config_reloaded', mailboxes: loaded.config.mailboxes.length },
        'configuration reloaded',
      );
      return true;
    }
    logRefusal(logger, loaded.errors);
    // Also watches the files of the rejected configuration, because the correction will be made in one of them.
    await files.update([...new Set([...config.files, ...config.folders, ...loaded.files])]);
    return false;
  };

  let reloading: Promise<boolean> = Promise.resolve(true);
  /** Runs one reload at a time, so that the configuration that was read last stays in force. */
  const reload = async (): Promise<boolean> => {
    reloading = reloading.then(reloadNow).catch((error: unknown) => {
      lastReloadSuccessful = false;
      onBug(error);
      return false;
    });
    return await reloading;
  };

  const files = watchFiles(edges.files, async (paths) => {
    if (lastReloadSuccessful && (await isRotation(paths, config.apps, edges))) {
      const fields = { event: 'credential_files_changed', files: paths };
      logger.info(fields, 'credentials changed: only they are read again, not the configuration');
    } else await reload();
    // Called even if the new configuration has errors, because a file of a credential may have changed.
    onFilesChanged(paths);
  });

  return {
    current: () => config,
    state: () => ({ loadedAt, lastReloadSuccessful }),
    start: async () => await bringIntoForce(initial),
    reload,
    close: () => files.close(),
  };
}

function logRefusal(logger: Logger, errors: readonly ConfigError[]): void {
  for (const error of errors) {
    logger.error({ event: 'config_refused', ...error }, `${error.file}:${error.line}: ${error.message}`);
  }
}
