import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { DatabaseSettings } from '../../src/model/database.ts';
import { NO_CHANGES } from '../../src/model/memory.ts';
import { StoreError } from '../../src/model/store-error.ts';
import { createCertificateAuthority, type CertificateAuthority } from '../../src/sandbox/certificates.ts';
import { createConnection } from '../../src/store/postgres/connection.ts';
import { migrate } from '../../src/store/postgres/migrate.ts';
import { MIGRATIONS, type Migration } from '../../src/store/postgres/schema.ts';
import { createPostgresStore, type PostgresStoreOptions } from '../../src/store/postgres-store.ts';
import type { Store } from '../../src/store/store.ts';
import { NOON } from '../support/builders.ts';
import { freePorts } from '../support/free-ports.ts';
import { startPgBouncer } from '../support/pgbouncer.ts';
import { portOf } from '../support/port-of.ts';
import { WAIT_MS } from '../support/limits.ts';
import { postgresBinaries, startPostgres, type PostgresServer } from '../support/postgres.ts';
import { isInstalled } from '../support/provision.ts';
import { until } from '../support/until.ts';
import { anIncident, aTargetMemory } from './builders.ts';
import { describeStore } from './contract.ts';

/** The server answers, unless a test says otherwise: only a hang reaches the deadline. */
const OURS = { applicationName: 'mailprobe', deadlineMs: WAIT_MS };
const DOCUMENT = readFileSync(join(import.meta.dirname, '../../docs/store.md'), 'utf8');

test('examples/postgresql/mailprobe.sql is what docs/store.md says', () => {
  const [, block] = /```postgresql\n([\s\S]*?)```/.exec(DOCUMENT) ?? [];
  const file = readFileSync(join(import.meta.dirname, '../../examples/postgresql/mailprobe.sql'), 'utf8');
  expect(file.replaceAll(/^-- .*\n/gm, '')).toBe(block);
});

describe.skipIf(postgresBinaries() === undefined)('on a real PostgreSQL', () => {
  let authority: CertificateAuthority;
  let server: PostgresServer;
  let databases = 0;
  const database = (): DatabaseSettings => server.createDatabase(`store${(databases += 1)}`);
  const at = (settings: DatabaseSettings, options: Partial<PostgresStoreOptions> = {}): Store => {
    const store = createPostgresStore({ ...OURS, database: settings, ...options });
    onTestFinished(store.close);
    return store;
  };
  const written = async (store: Store): Promise<number> => {
    await store.save({ ...NO_CHANGES, targets: [aTargetMemory()] });
    return (await store.load(0)).targets.length;
  };
  const refusalOf = async (store: Store): Promise<StoreError> => {
    const error = await store.open().catch((thrown: unknown) => thrown);
    if (!(error instanceof StoreError)) throw new Error('it was not refused');
    return error;
  };

  beforeAll(async () => {
    authority = await createCertificateAuthority('Database CA');
    const certificate = await authority.issue({ commonName: 'localhost', names: ['localhost', '127.0.0.2'] });
    const access = [
      'hostssl all guarded 127.0.0.1/32 scram-sha-256',
      'host all mailprobe,mailprobe_reader 127.0.0.1/32 trust',
    ];
    server = await startPostgres({ certificate, access });
  });
  afterAll(async () => await server.close());

  describeStore('in a PostgreSQL database', async () => {
    server.sql('DROP SCHEMA IF EXISTS mailprobe CASCADE');
    const where = {
      hosts: [{ host: '127.0.0.1', port: server.port }],
      user: 'test',
      database: 'postgres',
      tls: 'none',
    } as const;
    const make = (): Store => createPostgresStore({ ...OURS, database: where });
    const store = make();
    const stores = [store];
    return {
      store,
      async reopen() {
        await store.close();
        const again = make();
        stores.push(again);
        return again;
      },
      async end() {
        for (const one of stores) await one.close();
      },
    };
  });

  test('a server that crashes is used again once it is back, and what was written stands', async () => {
    const store = at(database());
    expect(await written(store)).toBe(1);
    await server.crash();
    await expect(store.load(0)).rejects.toMatchObject({ code: 'unreachable' });
    await server.start();
    expect((await store.load(0)).targets).toHaveLength(1);
    expect(await written(store)).toBe(1);
  });

  test('connections that the server ends are replaced', async () => {
    const where = database();
    const store = at(where);
    expect(await written(store)).toBe(1);
    server.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${where.database}'`);
    await until(
      'the store to notice',
      async () =>
        await store.load(0).then(
          () => true,
          () => undefined,
        ),
    );
    expect(await written(store)).toBe(1);
  });

  test('a server that accepts and never answers: the deadline ends it', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const where = {
      hosts: [{ host: '127.0.0.1', port: portOf(silent) }],
      user: 'test',
      database: 'x',
      tls: 'none',
    } as const;
    expect(await refusalOf(at(where, { deadlineMs: 50 }))).toMatchObject({
      code: 'slow',
      message: `the store postgres://127.0.0.1:${portOf(silent)}/x does not answer within 50 ms`,
    });
  });

  test('of several hosts the one that can be written is used', async () => {
    const [dead = 0] = await freePorts(1);
    const where = database();
    expect(await written(at({ ...where, hosts: [{ host: '127.0.0.1', port: dead }, ...where.hosts] }))).toBe(
      1,
    );
  });

  test('an empty database is missing to who only reads, and nothing is made in it', async () => {
    const where = database();
    expect((await refusalOf(at(where, { readOnly: true }))).code).toBe('missing');
    expect(server.sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'mailprobe'", where.database)).toBe(
      '0',
    );
  });

  test('a database that is not there', async () => {
    expect((await refusalOf(at({ ...database(), database: 'nowhere' }))).code).toBe('missing');
  });

  test("another program's schema of that name is refused and not touched", async () => {
    const where = database();
    server.sql('CREATE SCHEMA mailprobe; CREATE TABLE mailprobe.target (x int)', where.database);
    expect((await refusalOf(at(where))).code).toBe('not-ours');
    expect(server.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'mailprobe'", where.database)).toBe(
      '1',
    );
  });

  test('another encoding than UTF8 is refused with a sentence', async () => {
    server.sql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0");
    const refusal = await refusalOf(at({ ...database(), database: 'latin' }));
    expect(refusal.message).toBe(
      'the database of the store must have the encoding UTF8: create it again with that encoding',
    );
  });

  test('a backup is the business of pg_dump, and says so', async () => {
    const where = database();
    await expect(at(where).backup('copy.db')).rejects.toThrow(
      `back it up with pg_dump, such as pg_dump --format=custom --schema=mailprobe --file=mailprobe.dump "postgres://127.0.0.1:${server.port}/${where.database}"`,
    );
  });

  test('texts that PostgreSQL cannot hold are written without what it cannot', async () => {
    const store = at(database());
    const title = 'a\0b\ud800c';
    await store.save({ ...NO_CHANGES, incidents: [anIncident('i1', { title, subject: title })] });
    await store.acknowledge('i1', { by: title, note: title, at: NOON });
    expect(await store.incident('i1')).toMatchObject({
      title: 'ab\ufffdc',
      acknowledgement: { by: 'ab\ufffdc' },
    });
  });

  describe('the password', () => {
    test('is read for each connection: one that is rotated is used without a restart', async () => {
      const where = { ...database(), user: 'guarded', tls: 'verify' } as const;
      server.sql(
        `DROP ROLE IF EXISTS guarded; CREATE ROLE guarded LOGIN PASSWORD 'first'; GRANT ALL ON DATABASE ${where.database} TO guarded`,
      );
      let password = 'first';
      const store = at(
        { ...where, hosts: [{ host: 'localhost', port: server.port }] },
        { password: async () => password, authorities: async () => authority.cert },
      );
      expect(await written(store)).toBe(1);
      server.sql(
        `ALTER ROLE guarded PASSWORD 'second'; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'guarded'`,
      );
      await until(
        'the refusal',
        async () =>
          await store.load(0).then(
            () => undefined,
            (error: StoreError) => (error.code === 'denied' ? true : undefined),
          ),
      );
      password = 'second';
      expect(await written(store)).toBe(1);
    });

    test('where its file cannot be read, that is what is said', async () => {
      const where = { ...database(), user: 'guarded', tls: 'verify' } as const;
      const password = async (): Promise<string> => {
        throw new StoreError(
          'denied',
          'the password_file of the store, /run/secrets/db, cannot be used: it is empty',
        );
      };
      const store = at(
        { ...where, hosts: [{ host: 'localhost', port: server.port }] },
        { password, authorities: async () => authority.cert },
      );
      expect((await refusalOf(store)).message).toBe(
        'the password_file of the store, /run/secrets/db, cannot be used: it is empty',
      );
    });
  });

  describe('TLS', () => {
    const over = (host: string): DatabaseSettings => ({
      ...database(),
      hosts: [{ host, port: server.port }],
      tls: 'verify',
    });

    test.each(['localhost', '127.0.0.2'])(
      'a certificate of the authority named is accepted: %s',
      async (host) => {
        expect(await written(at(over(host), { authorities: async () => authority.cert }))).toBe(1);
      },
    );

    test.each([
      ['of an unknown authority', 'localhost', async () => (await createCertificateAuthority('Other')).cert],
      ['for another host', '127.0.0.1', async () => authority.cert],
    ])('a certificate %s is refused, and nothing is sent', async (_, host, authorities) => {
      expect((await refusalOf(at(over(host), { authorities }))).code).toBe('unreachable');
    });

    test('certificates that cannot be read are read again for the next request', async () => {
      let isReadable = false;
      const authorities = async (): Promise<string> => {
        if (!isReadable) throw new StoreError('denied', 'the ca_file of the store cannot be used');
        return authority.cert;
      };
      const store = at(over('localhost'), { authorities });
      expect((await refusalOf(store)).message).toBe('the ca_file of the store cannot be used');
      isReadable = true;
      expect(await written(store)).toBe(1);
    });
  });

  describe('versions', () => {
    const next: Migration = {
      compatibleFrom: 1,
      sql: "ALTER TABLE mailprobe.target ADD COLUMN later TEXT NOT NULL DEFAULT 'new'",
    };
    const migrated = async (where: DatabaseSettings, migrations: readonly Migration[]): Promise<void> => {
      const connection = createConnection({ database: where, applicationName: 'next' }, WAIT_MS);
      onTestFinished(connection.close);
      await migrate(connection, migrations);
    };

    test('this one and the next work on one database at the same time', async () => {
      const where = database();
      const store = at(where);
      expect(await written(store)).toBe(1);
      await migrated(where, [...MIGRATIONS, next]);
      expect(await written(store)).toBe(1);
      const restarted = at(where);
      await restarted.save({ ...NO_CHANGES, targets: [aTargetMemory({ mailbox: 'hr' })] });
      expect(server.sql('SELECT DISTINCT later FROM mailprobe.target', where.database)).toBe('new');
      expect(server.sql("SELECT value FROM mailprobe.meta WHERE name = 'version'", where.database)).toBe(
        String(MIGRATIONS.length + 1),
      );
    });

    test('one that says that we cannot live with it is refused, to readers as well', async () => {
      const where = database();
      await migrated(where, [...MIGRATIONS, { ...next, compatibleFrom: MIGRATIONS.length + 1 }]);
      expect((await refusalOf(at(where))).code).toBe('newer-schema');
      expect((await refusalOf(at(where, { readOnly: true }))).code).toBe('newer-schema');
    });

    test('of several that start at the same time one migrates', async () => {
      const where = database();
      const stores = Array.from({ length: 5 }, () => at(where));
      await Promise.all(stores.map(async (store) => await store.open()));
      expect(server.sql("SELECT value FROM mailprobe.meta WHERE name = 'version'", where.database)).toBe(
        String(MIGRATIONS.length),
      );
    });

    test('every migration says from which version on it can be lived with, and never takes that back', () => {
      const from = MIGRATIONS.map(({ compatibleFrom }) => compatibleFrom);
      expect(from).toEqual(from.toSorted((a, b) => a - b));
      expect(from.every((one, index) => one >= 1 && one <= index + 1)).toBe(true);
    });
  });

  test('the rights of docs/store.md are enough, for the daemon and for a reader', async () => {
    const [forDaemon = '', forReader = ''] = [...DOCUMENT.matchAll(/```postgresql\n([\s\S]*?)```/g)].map(
      ([, text = '']) => text.replaceAll('postgres ENCODING', 'test ENCODING'),
    );
    const [before = '', after = ''] = forDaemon.split('\\connect mailprobe\n');
    for (const statement of before.split(';\n')) if (statement.trim() !== '') server.sql(statement);
    server.sql(after, 'mailprobe');
    const where = { ...database(), user: 'mailprobe', database: 'mailprobe' };
    expect(await written(at(where))).toBe(1);
    server.sql(forReader, 'mailprobe');
    const reader = at({ ...where, user: 'mailprobe_reader' }, { readOnly: true });
    expect((await reader.load(0)).targets).toHaveLength(1);
    await expect(reader.save({ ...NO_CHANGES, targets: [aTargetMemory()] })).rejects.toMatchObject({
      code: 'denied',
    });
  });

  test.skipIf(!isInstalled('pgbouncer'))('behind PgBouncer that pools by transaction', async () => {
    const bouncer = await startPgBouncer(server.port);
    onTestFinished(bouncer.close);
    const where = { ...database(), hosts: [{ host: '127.0.0.1', port: bouncer.port }] };
    const stores = Array.from({ length: 4 }, () => at(where));
    await Promise.all(stores.map(async (store) => await store.open()));
    await Promise.all(
      stores.flatMap((store, which) =>
        Array.from({ length: 10 }, async (_, round) => {
          const targets = [aTargetMemory({ mailbox: `m${which}-${round}` })];
          await store.save({ ...NO_CHANGES, targets });
        }),
      ),
    );
    expect((await at(where).load(0)).targets).toHaveLength(40);
  });
});
