/** A line to the database that is cut in the middle of a transaction, on a real PostgreSQL. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createProxy } from '../../bench/chaos-cluster/proxy.ts';
import { createConnection } from '../../src/store/postgres/connection.ts';
import { postgresBinaries, startPostgres, type PostgresServer } from '../support/postgres.ts';
import { until } from '../support/until.ts';

const DEADLINE_MS = 500;

describe.skipIf(postgresBinaries() === undefined)('a client that is cut off in mid-transaction', () => {
  let server: PostgresServer;
  beforeAll(async () => void (server = await startPostgres()));
  afterAll(async () => await server.close());

  test('does not keep its locks: others go on', async () => {
    const database = server.createDatabase('cut');
    server.sql('CREATE TABLE held (id INTEGER); INSERT INTO held VALUES (1)', 'cut');
    const proxy = await createProxy(() => server.port);
    onTestFinished(proxy.close);
    const hosts = [{ host: '127.0.0.1', port: proxy.port }];
    const cut = createConnection({ database: { ...database, hosts }, applicationName: 'cut' }, DEADLINE_MS);
    onTestFinished(cut.close);
    const isSlow = await cut
      .transaction(async ({ run }) => {
        await run('UPDATE held SET id = 2');
        proxy.cut('silent');
        return await run('UPDATE held SET id = 3');
      })
      .catch((error: unknown) => error);
    expect(isSlow).toMatchObject({ code: 'slow' });
    await until('the lock to be free', () => {
      const free = server.sql(
        'SELECT count(*) FROM (SELECT id FROM held FOR UPDATE SKIP LOCKED) AS f',
        'cut',
      );
      return free === '1' ? true : undefined;
    });
    expect(server.sql('SELECT id FROM held', 'cut')).toBe('1');
  });
});
