/** Transactions that the server ends, as at a failover or by an administrator, on a real PostgreSQL. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Queries } from '../../src/model/database.ts';
import { createConnection, type Connection } from '../../src/store/postgres/connection.ts';
import { WAIT_MS } from '../support/limits.ts';
import { postgresBinaries, startPostgres, type PostgresServer } from '../support/postgres.ts';
import { until } from '../support/until.ts';

describe.skipIf(postgresBinaries() === undefined)('a transaction that the server ends', () => {
  let server: PostgresServer;
  let connection: Connection;
  let locking: Connection;
  beforeAll(async () => {
    server = await startPostgres();
    const database = server.createDatabase('ended');
    connection = createConnection({ database, applicationName: 'ended' }, WAIT_MS);
    locking = createConnection({ database, applicationName: 'locking' }, WAIT_MS);
    server.sql('CREATE TABLE held (id INTEGER); INSERT INTO held VALUES (1)', 'ended');
  });
  afterAll(async () => {
    await Promise.all([connection.close(), locking.close()]);
    await server.close();
  });
  /** Ends the transaction as soon as its session is in this state. */
  const endWhen = async (state: string): Promise<void> => {
    const sessions = `pg_stat_activity WHERE application_name = 'ended' AND xact_start IS NOT NULL`;
    await until(state, () =>
      server.sql(`SELECT count(pg_terminate_backend(pid)) FROM ${sessions} AND ${state}`, 'ended') === '0'
        ? undefined
        : true,
    );
    await until('the session to be gone', () =>
      server.sql(`SELECT count(*) FROM ${sessions}`, 'ended') === '0' ? true : undefined,
    );
  };

  test.each<[string, (queries: Queries) => Promise<unknown>]>([
    [
      'between two statements',
      async ({ all }) => {
        await all('SELECT id FROM held FOR UPDATE');
        await endWhen("state = 'idle in transaction'");
        await all('SELECT 1');
      },
    ],
    [
      'while a statement runs',
      async ({ all }) => await Promise.all([all('SELECT pg_sleep(60)'), endWhen("wait_event = 'PgSleep'")]),
    ],
    [
      'while several statements are sent',
      async ({ all, run }) =>
        await Promise.all([
          all('SELECT pg_sleep(60)'),
          run('UPDATE held SET id = $1', 2),
          run('UPDATE held SET id = $1', 3),
          endWhen("wait_event = 'PgSleep'"),
        ]),
    ],
    [
      'while a statement waits between its two parts',
      async ({ all }) => {
        const locked = Promise.withResolvers<void>();
        const ended = Promise.withResolvers<void>();
        const lock = locking.transaction(async ({ run }) => {
          await run('LOCK TABLE held');
          locked.resolve();
          await ended.promise;
        });
        await locked.promise;
        // The server parses the statement before it has all of it, and waits for the lock to do that.
        const statement = all('SELECT id FROM held WHERE id = $1', 1);
        await endWhen("wait_event_type = 'Lock'");
        ended.resolve();
        await Promise.all([statement, lock]);
      },
    ],
  ])('%s, is a store that is unreachable for a moment', async (_, body) => {
    await expect(connection.transaction(body)).rejects.toMatchObject({ code: 'unreachable' });
    expect(await connection.all('SELECT id FROM held')).toEqual([{ id: 1 }]);
  });

  test('a refusal that leaves the connection open rejects at once', async () => {
    const refused = connection.transaction(async ({ run }) => {
      await run('SET TRANSACTION READ ONLY');
      await run('UPDATE held SET id = $1', 2);
    });
    await expect(refused).rejects.toMatchObject({ code: 'read-only' });
  });
});
