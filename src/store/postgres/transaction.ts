/**
 * Runs statements, and transactions that are repeated after a conflict, on connections of the library `postgres`. Part
 * of `connection.ts`, which sets deadlines and rebuilds the errors.
 */
import postgres from 'postgres';
import type { Queries, Value } from '../../model/database.ts';
import type { Sql } from './connection-pool.ts';
import { isClosed } from './failure.ts';

/** The number of attempts for a transaction that fails by a deadlock, a conflict, or a lost race for a unique row. */
const ATTEMPTS = 3;
const MAY_REPEAT: ReadonlySet<string> = new Set(['40P01', '40001', '23505']);

/** The server ends the transaction when its client has been silent for `silentMs` between two statements. */
export async function inTransaction<T>(
  sql: Sql,
  body: (queries: Queries) => Promise<T>,
  silentMs: number,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptOnce(sql, body, silentMs);
    } catch (error) {
      const code = error instanceof postgres.PostgresError ? error.code : '';
      if (attempt === ATTEMPTS || !MAY_REPEAT.has(code)) throw error;
    }
  }
}

async function attemptOnce<T>(
  sql: Sql,
  body: (queries: Queries) => Promise<T>,
  silentMs: number,
): Promise<T> {
  const line = { isLost: false };
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the library unwraps arrays of promises, which nobody here returns
    return (await sql.begin(async (held) => {
      const limited = held.unsafe(`SET LOCAL idle_in_transaction_session_timeout = ${silentMs}`);
      const work = Promise.all([limited, body(unlessLost(queriesOf(held), line))]);
      const [, result] = await work.catch(async (error: unknown) => {
        if (!isClosed(error)) throw error;
        line.isLost = true;
        return await never();
      });
      return result;
    })) as T;
  } finally {
    line.isLost = true;
  }
}

/**
 * When the body of a transaction rejects, the library sends "rollback". If the server has closed the connection, the
 * library writes to a socket that is gone, in a timer of its own, and the error ends the process. So the body never
 * settles in this case. The library notices the closed connection by itself, and rejects the transaction.
 */
async function never(): Promise<never> {
  return await new Promise(() => undefined);
}

/**
 * Stops statements that come after the end of the transaction. They would be written to a closed connection, or to one
 * that another request uses now.
 */
function unlessLost(queries: Queries, line: { readonly isLost: boolean }): Queries {
  return {
    all: async (text, ...values) => await (line.isLost ? never() : queries.all(text, ...values)),
    run: async (text, ...values) => await (line.isLost ? never() : queries.run(text, ...values)),
  };
}

export function queriesOf(sql: Pick<Sql, 'unsafe'>): Queries {
  const bound = (values: readonly Value[]): (string | number | boolean | null)[] =>
    values.map((value) => value ?? null);
  return {
    all: async <Row>(text: string, ...values: readonly Value[]) =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- columns have no types that TypeScript could check
      (await sql.unsafe(text, bound(values))) as unknown as readonly Row[],
    run: async (text, ...values) => (await sql.unsafe(text, bound(values))).count,
  };
}
