/**
 * Which apps does the configuration of each replica have? The configurations of two replicas differ for a moment after
 * a change, or for longer if their files differ. The database is asked only for configurations that are not known yet.
 * Part of `leases.ts`.
 */
import { createHash } from 'node:crypto';
import type { ClusterClock } from './clock.ts';
import type { AppLoad } from './cluster.ts';
import type { Declared, ReplicaRow, ReplicaTable } from './replica-table.ts';

export interface Configurations {
  readonly update: (apps: readonly AppLoad[]) => void;
  readonly declared: () => Declared;
  /** Reads the configurations that were not read before. */
  readonly refresh: (replicas: readonly ReplicaRow[]) => Promise<void>;
  /**
   * Returns the identity of the app in the replica's configuration. Undefined if the configuration lacks the app. `ANY`
   * if the replica does not publish its configuration.
   */
  readonly identityOf: (replica: ReplicaRow, app: string) => string | undefined;
  readonly isAlike: (replica: ReplicaRow) => boolean;
}

export interface ConfigurationsParts {
  readonly table: Pick<ReplicaTable, 'declared'>;
  readonly clock: Pick<ClusterClock, 'monotonic'>;
  /** Replicas do not reload at the same moment, so a difference is reported only if it lasts longer than this. */
  readonly patienceMs: number;
  /** Receives the names of the replicas whose configuration differs, or no names when none differs any more. */
  readonly onDiffering: (names: readonly string[]) => void;
}

/** Stands for every app of a replica whose version is too old to publish its configuration. */
export const ANY = '';

export function createConfigurations(parts: ConfigurationsParts): Configurations {
  const { table, clock, patienceMs, onDiffering } = parts;
  let own: Declared = declaredOf([]);
  let known = new Map<string, ReadonlyMap<string, string>>();
  let differing = { names: '', sinceMs: 0 };
  let reported = '';

  const isAlike = ({ config }: ReplicaRow): boolean => config === null || config === own.config;
  const review = (replicas: readonly ReplicaRow[]): void => {
    const names = replicas.filter((one) => !isAlike(one)).map(({ name }) => name);
    const text = names.join(' ');
    if (text !== differing.names) differing = { names: text, sinceMs: clock.monotonic() };
    const isLasting = text === '' || clock.monotonic() - differing.sinceMs > patienceMs;
    if (!isLasting || text === reported) return;
    reported = text;
    onDiffering(names);
  };

  return {
    update: (apps) => {
      own = declaredOf(apps);
    },
    declared: () => own,
    refresh: async (replicas) => {
      const configs = new Set(replicas.flatMap(({ config }) => config ?? []));
      const added = [...configs].filter((config) => config !== own.config && !known.has(config));
      const read = added.length === 0 ? [] : await table.declared(added);
      known = new Map([...known].filter(([config]) => configs.has(config)));
      for (const { config, apps } of [own, ...read]) known.set(config, new Map(JSON.parse(apps)));
      review(replicas);
    },
    identityOf: ({ config }, app) => (config === null ? ANY : known.get(config)?.get(app)),
    isAlike,
  };
}

function declaredOf(apps: readonly AppLoad[]): Declared {
  const sorted = apps.toSorted((a, b) => (a.app < b.app ? -1 : 1));
  const whole = JSON.stringify(sorted.map(({ app, identity, content }) => [app, identity, content]));
  return {
    config: createHash('sha256').update(whole).digest('base64url').slice(0, 16),
    apps: JSON.stringify(sorted.map(({ app, identity }) => [app, identity])),
  };
}
