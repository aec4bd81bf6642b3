/**
 * A PostgreSQL store that other replicas may share. The leases have their own connection, because a lease could end
 * while its renewal waits for a slow write. Created by `open-store.ts`.
 */
import type { Database } from './model/database.ts';
import { createConnection } from './store/postgres/connection.ts';
import type { ConnectionOptions } from './store/postgres/connection-pool.ts';
import type { StoreSharing } from './store/postgres/own-rows.ts';
import { createPostgresStore, type PostgresStore } from './store/postgres-store.ts';

export interface SharedStore {
  /** The name of this replica. */
  readonly name: string;
  readonly store: PostgresStore;
  readonly leases: Database;
  /** Sets which rows this replica may write. Until it is called, nothing about any app is written. */
  readonly bind: (sharing: StoreSharing) => void;
}

/** The time limit of a statement for leases, much shorter than a lease. */
const LEASE_DEADLINE_MS = 4_000;

export function createSharedStore(
  connection: ConnectionOptions,
  { name, redact }: { readonly name: string; readonly redact: (text: string) => string },
): SharedStore {
  let sharing: StoreSharing | undefined;
  const leases = createConnection(connection, LEASE_DEADLINE_MS);
  const store = createPostgresStore({
    ...connection,
    redact,
    sharing: {
      lease: () => sharing?.lease(),
      appOf: (mailbox) => sharing?.appOf(mailbox),
      onStored: (id, kept) => sharing?.onStored(id, kept),
    },
  });
  return {
    name,
    leases,
    store: {
      ...store,
      close: async () => {
        await Promise.all([store.close(), leases.close()]);
      },
    },
    bind: (next) => {
      sharing = next;
    },
  };
}
