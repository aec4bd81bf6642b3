/**
 * The statements for the table with one row for each living replica. All times in it are from the database's clock.
 * They are never compared with times of this machine. Part of `lease-table.ts`.
 */
import type { Queries } from '../model/database.ts';

export interface ReplicaRow {
  readonly id: string;
  readonly name: string;
  /** The replica is stopping, so it gets no more apps. */
  readonly leaving: boolean;
  /** Digest of the replica's configuration. Null for a replica of an older version, which does not publish it. */
  readonly config: string | null;
}

/** The configuration of a replica: its digest, and the identity of each app as JSON. */
export interface Declared {
  readonly config: string;
  readonly apps: string;
}

export interface ReplicaTable {
  readonly join: (id: string, name: string, declared: Declared) => Promise<void>;
  /** False if the row is gone, because another replica considered us dead. */
  readonly renew: (id: string) => Promise<boolean>;
  /** Deletes the replicas whose leases have ended, which frees their apps. Returns their names. */
  readonly bury: () => Promise<readonly string[]>;
  /** Replaces our configuration. */
  readonly declare: (id: string, declared: Declared) => Promise<void>;
  /** Returns the configurations with these digests. */
  readonly declared: (configs: readonly string[]) => Promise<readonly Declared[]>;
  readonly replicas: () => Promise<readonly ReplicaRow[]>;
  readonly announceLeaving: (id: string) => Promise<void>;
  readonly leave: (id: string) => Promise<void>;
}

export function createReplicaTable({ all, run }: Queries, leaseMs: number): ReplicaTable {
  const until = `clock_timestamp() + ${leaseMs} * interval '1 ms'`;
  return {
    join: async (id, name, { config, apps }) =>
      void (await run(
        `INSERT INTO mailprobe.replica (id, name, alive_until, config, apps) VALUES ($1, $2, ${until}, $3, $4)`,
        id,
        name,
        config,
        apps,
      )),
    renew: async (id) =>
      (await run(`UPDATE mailprobe.replica SET alive_until = ${until} WHERE id = $1`, id)) > 0,
    bury: async () => {
      // The row lock makes a late renewal and this deletion exclude each other: the second one sees the result of the
      // first.
      const dead = await all<{ name: string }>(
        'DELETE FROM mailprobe.replica WHERE alive_until < clock_timestamp() RETURNING name',
      );
      return dead.map(({ name }) => name);
    },
    declare: async (id, { config, apps }) =>
      void (await run(
        'UPDATE mailprobe.replica SET config = $2, apps = $3 WHERE id = $1 AND config IS DISTINCT FROM $2',
        id,
        config,
        apps,
      )),
    declared: async (configs) =>
      await all<Declared>(
        `SELECT DISTINCT ON (config) config, apps FROM mailprobe.replica
         WHERE config IN (SELECT json_array_elements_text($1::text::json))`,
        JSON.stringify(configs),
      ),
    replicas: async () =>
      await all<ReplicaRow>('SELECT id, name, leaving, config FROM mailprobe.replica ORDER BY name, id'),
    announceLeaving: async (id) =>
      void (await run('UPDATE mailprobe.replica SET leaving = true WHERE id = $1', id)),
    leave: async (id) => void (await run('DELETE FROM mailprobe.replica WHERE id = $1', id)),
  };
}
