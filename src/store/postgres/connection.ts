/**
 * A connection to PostgreSQL, for statements and transactions with a deadline. They reject only with a `StoreError`.
 * Made by `postgres-store.ts`, and by `shared-store.ts` for the leases.
 */
import postgres from 'postgres';
import { databaseName, type Database, type Queries, type Value } from '../../model/database.ts';
import { StoreError } from '../../model/store-error.ts';
import { createConnectionPool, type ConnectionOptions, type Sql } from './connection-pool.ts';
import { isConnectionLost, postgresError } from './failure.ts';

export interface Connection extends Database {
  readonly close: () => Promise<void>;
}

/** A request that takes longer fails as `slow`, and the next one opens new connections. */
const DEADLINE_MS = 15_000;
/**
 * The server ends a transaction whose client is silent for this long, and so releases its locks. TCP alone takes hours
 * to notice a cut line. This is shorter than a lease, so that other replicas can take over what the client held.
 */
const SILENT_MS = 10_000;
/** How many times a transaction is tried after deadlocks and lost races for a unique row. */
const ATTEMPTS = 3;
const MAY_REPEAT: ReadonlySet<string> = new Set(['40P01', '40001', '23505']);

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
    transaction: async (body) => await perform(async (sql) => await transact(sql, silentMs, body)),
    close: async () => {
      closed = true;
      await pool.close();
    },
  };
}

async function transact<T>(sql: Sql, silentMs: number, body: (queries: Queries) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the library unwraps arrays of promises, which nobody here returns
      return (await sql.begin(async (held) => {
        const limited = held.unsafe(`SET LOCAL idle_in_transaction_session_timeout = ${silentMs}`);
        const [, result] = await Promise.all([limited, body(queriesOf(held))]);
        return result;
      })) as T;
    } catch (error) {
      const code = error instanceof postgres.PostgresError ? error.code : '';
      if (attempt === ATTEMPTS || !MAY_REPEAT.has(code)) throw error;
    }
  }
}

function queriesOf(sql: Pick<Sql, 'unsafe'>): Queries {
  const bound = (values: readonly Value[]): (string | number | boolean | null)[] =>
    values.map((value) => value ?? null);
  return {
    all: async <Row>(text: string, ...values: readonly Value[]) =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- columns have no types that TypeScript could check
      (await sql.unsafe(text, bound(values))) as unknown as readonly Row[],
    run: async (text, ...values) => (await sql.unsafe(text, bound(values))).count,
  };
}
