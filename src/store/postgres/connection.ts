/**
 * A connection to PostgreSQL, for statements and transactions with a deadline. They reject only with a `StoreError`.
 * Made by `postgres-store.ts`, and by `shared-store.ts` for the leases.
 */
import { databaseName, type Database } from '../../model/database.ts';
import { StoreError } from '../../model/store-error.ts';
import { createConnectionPool, type ConnectionOptions, type Sql } from './connection-pool.ts';
import { isConnectionLost, postgresError } from './failure.ts';
import { inTransaction, queriesOf } from './transaction.ts';

export interface Connection extends Database {
  readonly close: () => Promise<void>;
}

/** A request that takes longer fails as `slow`, and the next one opens new connections. */
const DEADLINE_MS = 15_000;
/**
 * If the client sends nothing for this long after a statement, the server ends the transaction and so releases its
 * locks. By TCP alone, the server would notice a cut line only after hours. If the client stops within a statement,
 * `endAbandoned` in `cluster/lease-table.ts` ends the transaction.
 */
const SILENT_MS = 10_000;

export function createConnection(options: ConnectionOptions, deadlineMs = DEADLINE_MS): Connection {
  const name = databaseName(options.database);
  const silentMs = Math.min(deadlineMs, SILENT_MS);
  const pool = createConnectionPool(options);
  let closed = false;

  const rebuilt = (error: unknown): StoreError => {
    const failure = postgresError(error, name);
    if (isConnectionLost(error)) pool.discard();
    return failure.code === 'denied' ? (pool.passwordFault() ?? failure) : failure;
  };
  const perform = async <T>(run: (sql: Sql) => Promise<T>): Promise<T> => {
    if (closed) throw new StoreError('failed', 'the store is closed');
    const deadline = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      pool.discard();
      deadline.reject(new StoreError('slow', `the store ${name} does not answer within ${deadlineMs} ms`));
    }, deadlineMs);
    const work = pool.get().then(run);
    // When the deadline has passed, the late result is ignored, even if it is a failure.
    work.catch(() => undefined);
    deadline.promise.catch(() => undefined);
    try {
      return await Promise.race([work, deadline.promise]);
    } catch (error) {
      throw rebuilt(error);
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    all: async (text, ...values) => await perform(async (sql) => await queriesOf(sql).all(text, ...values)),
    run: async (text, ...values) => await perform(async (sql) => await queriesOf(sql).run(text, ...values)),
    transaction: async (body) => await perform(async (sql) => await inTransaction(sql, body, silentMs)),
    close: async () => {
      closed = true;
      await pool.close();
    },
  };
}
