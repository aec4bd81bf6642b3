/**
 * Holds the configuration, and the ids of the apps that this replica probes. Returns the part of the configuration that
 * belongs to these apps. Created by `app-share.ts`.
 */
import type { Config } from './config/config.ts';
import { targetKey } from './model/target.ts';

export interface OwnApps {
  /** The ids of the apps that this replica probes. Used only if replicas share a store. */
  readonly mine: Set<string>;
  /** Those of `mine` that are configured, in the order of the configuration. */
  readonly configured: () => readonly string[];
  /** Undefined before the first call of `replace`. */
  readonly config: () => Config | undefined;
  readonly replace: (config: Config) => void;
  /** Returns the part of the configuration that this replica probes. */
  readonly part: (config: Config) => Config;
  /** Undefined for a mailbox that is not configured. */
  readonly appOf: (mailbox: string) => string | undefined;
  readonly isOurMailbox: (mailbox: string) => boolean;
  readonly isConfigured: (key: string) => boolean;
  /** Runs one change at a time, because a change takes several turns of the event loop. */
  readonly inTurn: <T>(change: () => Promise<T>) => Promise<T>;
}

export function createOwnApps({ isShared }: { readonly isShared: boolean }): OwnApps {
  const mine = new Set<string>();
  let config: Config | undefined;
  let keys: ReadonlySet<string> = new Set();
  let apps: ReadonlyMap<string, string> = new Map();
  let chain: Promise<unknown> = Promise.resolve();

  return {
    mine,
    configured: () => config?.apps.flatMap(({ id }) => (mine.has(id) ? id : [])) ?? [],
    config: () => config,
    replace: (next) => {
      config = next;
      // Only several replicas ask which mailbox belongs to which app.
      if (!isShared) return;
      keys = new Set(next.targets.map(targetKey));
      apps = new Map(next.mailboxes.map(({ id, app }) => [id, app]));
    },
    part: (whole) => (isShared ? partOf(whole, mine) : whole),
    appOf: (mailbox) => apps.get(mailbox),
    isOurMailbox: (mailbox) => mine.has(apps.get(mailbox) ?? ''),
    isConfigured: (key) => keys.has(key),
    inTurn: async (change) => {
      const turn = chain.then(change);
      chain = turn.catch(() => undefined);
      return await turn;
    },
  };
}

function partOf(config: Config, mine: ReadonlySet<string>): Config {
  return {
    ...config,
    apps: config.apps.filter(({ id }) => mine.has(id)),
    mailboxes: config.mailboxes.filter(({ app }) => mine.has(app)),
    targets: config.targets.filter(({ app }) => mine.has(app.id)),
  };
}
