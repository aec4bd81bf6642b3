/**
 * Which apps does each replica know? They read one configuration, but not at the same moment, and perhaps not the same
 * file. What others are configured with is read only where it differs from ours. Part of `leases.ts`.
 */
import { createHash } from 'node:crypto';
import type { ClusterClock } from './clock.ts';
import type { AppLoad } from './cluster.ts';
import type { Declared, LeaseTable, ReplicaRow } from './lease-table.ts';

export interface Configurations {
  readonly update: (apps: readonly AppLoad[]) => void;
  /** Ours. */
  readonly declared: () => Declared;
  /** Reads what is new of the others. */
  readonly refresh: (replicas: readonly ReplicaRow[]) => Promise<void>;
  /** The app as the replica knows it; undefined: it does not. One that does not say what it knows knows any app. */
  readonly identityOf: (replica: ReplicaRow, app: string) => string | undefined;
  readonly isAlike: (replica: ReplicaRow) => boolean;
}

export interface ConfigurationsParts {
  readonly table: Pick<LeaseTable, 'declared'>;
  readonly clock: Pick<ClusterClock, 'monotonic'>;
  /** A reload takes a moment on each: what differs for less is not reported. */
  readonly patienceMs: number;
  /** Names of the replicas that are configured otherwise; none: not any more. */
  readonly onDiffering: (names: readonly string[]) => void;
}

/** What a replica knows that does not say so. */
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
