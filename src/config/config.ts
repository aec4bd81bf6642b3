/**
 * The complete configuration: defaults are applied, overrides are resolved, and every file that was read is listed.
 * Created by `loadConfig`. Only the composition root uses it as a whole. The other folders receive its parts, which are
 * types of `model/`.
 */
import type { Exposure } from '../model/exposure.ts';
import type { DatabaseSettings } from '../model/database.ts';
import type { LogLevel } from '../model/log-level.ts';
import type { NotifySettings } from '../model/notification.ts';
import type { Secret } from '../model/secret.ts';
import type { App, Mailbox, NetworkOptions, Target } from '../model/target.ts';
import type { MaintenanceSettings } from './memory-settings.ts';
import type { ConfigError } from './config-error.ts';

/** How the HTTP interface is protected. */
export interface HttpSettings {
  /** Absent if no token is required. Never empty. */
  readonly tokens?: readonly Secret[];
  /** In PEM. Absent without TLS. */
  readonly tls?: { readonly certificate: string; readonly privateKey: Secret };
  readonly public: readonly Exposure[];
  readonly hosts: readonly string[];
}

export interface Config {
  /** Port 0 means any free port. An IPv6 host has no brackets. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly http: HttpSettings;
  /** Without a trailing slash. */
  readonly externalUrl?: string;
  /** As written: `none`, or the path of a file. A relative path begins at the folder of the configuration. */
  readonly store?: string;
  /** In place of `store`: a PostgreSQL database. */
  readonly database?: DatabaseSettings;
  /** The name of this replica. */
  readonly replica?: string;
  readonly retentionMs: number;
  readonly maintenance: MaintenanceSettings;
  readonly notify: NotifySettings;
  /** The network settings of notifications, which belong to no app. */
  readonly network: NetworkOptions;
  readonly apps: readonly App[];
  readonly mailboxes: readonly Mailbox[];
  readonly targets: readonly Target[];
  /** How many probes may run at once, in total and per app. An absent limit adapts automatically. */
  readonly concurrency: { readonly total?: number; readonly perApp?: number };
  readonly logLevel: LogLevel;
  /**
   * Absolute paths of all files that were read: the main file, and mailbox, secret, certificate, key, token and CA
   * files, including those of `http`.
   */
  readonly files: readonly string[];
  /**
   * Absolute paths of the folders in which a new mailbox file may appear, because an entry of `mailbox_files` has a
   * wildcard.
   */
  readonly folders: readonly string[];
}

export type LoadResult =
  | {
      readonly ok: true;
      readonly config: Config;
      /** Settings that are probably not intended but do no harm. */
      readonly warnings: readonly ConfigError[];
    }
  | {
      readonly ok: false;
      /** At least one, sorted by file and line. */
      readonly errors: readonly ConfigError[];
      /** The files that were read. They are watched, so that a correction is noticed. */
      readonly files: readonly string[];
    };
