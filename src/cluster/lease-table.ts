/**
 * The statements for two tables: one row for each living replica, and one for each app with the replica that probes it.
 * All times are from the database's clock. They are never compared with times of this machine. Used by `leases.ts`.
 */
import type { Queries } from '../model/database.ts';
import type { AppLoad } from './cluster.ts';

export interface ReplicaRow {
  readonly id: string;
  readonly name: string;
  /** The replica is stopping, so it gets no more apps. */
  readonly leaving: boolean;
  /** Digest of its configuration. Null for an older version that does not publish it. */
  readonly config: string | null;
}

/** The configuration of a replica: its digest, and the identity of each app as JSON. */
export interface Declared {
  readonly config: string;
  readonly apps: string;
}

export interface AssignmentRow {
  readonly app: string;
  readonly tenant: string;
  readonly weight: number;
  readonly epoch: number;
  readonly replica: string | null;
  /** The replica that should take the free app. Null if there is none. */
  readonly offered: string | null;
}

export interface LeaseTable {
  readonly join: (id: string, name: string, declared: Declared) => Promise<void>;
  /** False if the row is gone, because another replica considered us dead. */
  readonly renew: (id: string) => Promise<boolean>;
  /**
   * Ends the transactions whose client has been silent for half a lease, and the statements that nobody waits for any
   * more. Otherwise a replica that stands still keeps the locks on its rows, and no other can take its apps over.
   */
  readonly endAbandoned: () => Promise<void>;
  /** Deletes the replicas whose leases have ended, which frees their apps. Returns their names. */
  readonly bury: () => Promise<readonly string[]>;
  readonly declare: (id: string, apps: readonly AppLoad[], declared: Declared) => Promise<void>;
  /** Returns the configurations with these digests. */
  readonly declared: (configs: readonly string[]) => Promise<readonly Declared[]>;
  readonly replicas: () => Promise<readonly ReplicaRow[]>;
  readonly assignments: () => Promise<readonly AssignmentRow[]>;
  /** Takes these apps if they are still free. Returns those that it took, with their new epochs. */
  readonly take: (
    id: string,
    apps: readonly string[],
  ) => Promise<readonly { readonly app: string; readonly epoch: number }[]>;
  /** Frees these apps. `to` is the replica that should take the app. */
  readonly give: (
    id: string,
    apps: readonly { readonly app: string; readonly to?: string | undefined }[],
  ) => Promise<void>;
  /** Deletes the rows of our apps that are no longer configured. */
  readonly forget: (id: string, apps: readonly string[]) => Promise<void>;
  readonly announceLeaving: (id: string) => Promise<void>;
  readonly leave: (id: string) => Promise<void>;
}

/** Milliseconds. Twice the time that any of our statements has, so the client of one that still waits has given up. */
const GIVEN_UP_MS = 30_000;

const IN_LIST = '(SELECT json_array_elements_text($2::text::json))';

export function createLeaseTable(database: Queries, leaseMs: number, givenUpMs = GIVEN_UP_MS): LeaseTable {
  const { all, run } = database;
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
    // The server's own `idle_in_transaction_session_timeout` does not count between the messages of one statement: a
    // client that stops after "describe" and before "execute" keeps its locks until its connection ends. Only sessions
    // with a transaction id hold locks on rows. `pg_terminate_backend` needs no right for sessions of the same role.
    endAbandoned: async () =>
      void (await all(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
           AND application_name = current_setting('application_name')
           AND ((backend_xid IS NOT NULL AND wait_event_type = 'Client'
               AND state_change < clock_timestamp() - ${leaseMs / 2} * interval '1 ms')
             OR (wait_event_type = 'Lock' AND query_start < clock_timestamp() - ${givenUpMs} * interval '1 ms'))`,
      )),
    bury: async () => {
      // The row lock makes a late renewal and this deletion exclude each other: the second one sees the result of the
      // first.
      const dead = await all<{ name: string }>(
        'DELETE FROM mailprobe.replica WHERE alive_until < clock_timestamp() RETURNING name',
      );
      return dead.map(({ name }) => name);
    },
    declare: async (id, apps, declared) => {
      await run(
        'UPDATE mailprobe.replica SET config = $2, apps = $3 WHERE id = $1 AND config IS DISTINCT FROM $2',
        id,
        declared.config,
        declared.apps,
      );
      await run(
        `INSERT INTO mailprobe.assignment AS a (app, tenant, weight)
         SELECT app, tenant, weight FROM json_to_recordset($1::text::json) AS n (app text, tenant text, weight int)
         ORDER BY app
         ON CONFLICT (app) DO UPDATE SET tenant = excluded.tenant, weight = excluded.weight
         WHERE (a.tenant, a.weight) IS DISTINCT FROM (excluded.tenant, excluded.weight)`,
        JSON.stringify(apps),
      );
    },
    declared: async (configs) =>
      await all<Declared>(
        `SELECT DISTINCT ON (config) config, apps FROM mailprobe.replica
         WHERE config IN (SELECT json_array_elements_text($1::text::json))`,
        JSON.stringify(configs),
      ),
    replicas: async () =>
      await all<ReplicaRow>('SELECT id, name, leaving, config FROM mailprobe.replica ORDER BY name, id'),
    assignments: async () =>
      await all<AssignmentRow>(
        'SELECT app, tenant, weight, epoch, replica, offered FROM mailprobe.assignment ORDER BY app',
      ),
    take: async (id, apps) =>
      await all<{ app: string; epoch: number }>(
        `UPDATE mailprobe.assignment SET replica = $1, offered = NULL, epoch = epoch + 1
         WHERE replica IS NULL AND app IN ${IN_LIST}
           AND EXISTS (SELECT 1 FROM mailprobe.replica WHERE id = $1 AND alive_until > clock_timestamp() FOR SHARE)
         RETURNING app, epoch`,
        id,
        JSON.stringify(apps),
      ),
    give: async (id, apps) =>
      void (await run(
        `UPDATE mailprobe.assignment a SET replica = NULL,
           offered = (SELECT r.id FROM mailprobe.replica r WHERE r.id = n."to")
         FROM json_to_recordset($2::text::json) AS n (app text, "to" text)
         WHERE a.app = n.app AND a.replica = $1`,
        id,
        JSON.stringify(apps),
      )),
    forget: async (id, apps) =>
      void (await run(
        `DELETE FROM mailprobe.assignment WHERE replica = $1 AND app IN ${IN_LIST}`,
        id,
        JSON.stringify(apps),
      )),
    announceLeaving: async (id) =>
      void (await run('UPDATE mailprobe.replica SET leaving = true WHERE id = $1', id)),
    leave: async (id) => void (await run('DELETE FROM mailprobe.replica WHERE id = $1', id)),
  };
}
