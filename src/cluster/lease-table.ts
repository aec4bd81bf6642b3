/**
 * The two tables by which replicas share the apps: one lists the living replicas, the other lists the apps with the
 * replica that probes each app. Also ends the sessions that stand in the way of a takeover. Used by `leases.ts`.
 */
import type { Queries } from '../model/database.ts';
import { createAssignmentTable, type AssignmentTable } from './assignment-table.ts';
import { createReplicaTable, type ReplicaTable } from './replica-table.ts';

export interface LeaseTable extends ReplicaTable, AssignmentTable {
  /**
   * Ends the transactions whose client has been silent for half a lease, and the statements that nobody waits for any
   * more. Otherwise a replica that stands still would keep the locks on its rows, and no other replica could take over
   * its apps.
   */
  readonly endAbandoned: () => Promise<void>;
}

/**
 * In milliseconds: twice the deadline of our slowest statements. If a statement still waits after this time, its client
 * has given up.
 */
const GIVEN_UP_MS = 30_000;

export function createLeaseTable(database: Queries, leaseMs: number, givenUpMs = GIVEN_UP_MS): LeaseTable {
  return {
    ...createReplicaTable(database, leaseMs),
    ...createAssignmentTable(database),
    // The server's own `idle_in_transaction_session_timeout` does not count between the messages of one statement: a
    // client that stops after "describe" and before "execute" keeps its locks until its connection ends. Only sessions
    // with a transaction id hold locks on rows. `pg_terminate_backend` needs no right for sessions of the same role.
    endAbandoned: async () =>
      void (await database.all(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
           AND application_name = current_setting('application_name')
           AND ((backend_xid IS NOT NULL AND wait_event_type = 'Client'
               AND state_change < statement_timestamp() - ${leaseMs / 2} * interval '1 ms')
             OR (wait_event_type = 'Lock' AND query_start < statement_timestamp() - ${givenUpMs} * interval '1 ms'))`,
      )),
  };
}
