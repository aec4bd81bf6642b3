import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createProxy } from '../../bench/chaos-cluster/proxy.ts';
import { createAlone } from '../../src/cluster/alone.ts';
import { systemClusterClock, type ClusterClock } from '../../src/cluster/clock.ts';
import type { AppLoad, Cluster } from '../../src/cluster/cluster.ts';
import { createLeaseTable } from '../../src/cluster/lease-table.ts';
import { createLeases, type LeaseOptions, type LeaseTimes } from '../../src/cluster/leases.ts';
import { createConnection } from '../../src/store/postgres/connection.ts';
import { createPostgresStore } from '../../src/store/postgres-store.ts';
import type { DatabaseSettings } from '../../src/model/database.ts';
import { StoreError } from '../../src/model/store-error.ts';
import { startPgBouncer } from '../support/pgbouncer.ts';
import { postgresBinaries, startPostgres, type PostgresServer } from '../support/postgres.ts';
import { isInstalled } from '../support/provision.ts';
import { until } from '../support/until.ts';
import { APPS, describeCluster, NO_EDGES } from './contract.ts';

const TIMES: LeaseTimes = { leaseMs: 1_500, renewMs: 150, marginMs: 150 };

describeCluster('without a database', async () => {
  const cluster = createAlone('a');
  return { cluster, end: cluster.close };
});

describe.skipIf(postgresBinaries() === undefined)('leases on a real PostgreSQL', () => {
  let server: PostgresServer;
  let database: DatabaseSettings;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    server = await startPostgres();
    database = server.createDatabase('leases');
    const store = createPostgresStore({ database, applicationName: 'test' });
    await store.open();
    await store.close();
  });
  afterAll(async () => await server.close());
  afterEach(async () => {
    await Promise.all(ends.splice(0).map(async (end) => await end()));
    server.sql('TRUNCATE mailprobe.replica, mailprobe.assignment CASCADE', 'leases');
  });

  interface Made {
    readonly cluster: Cluster;
    readonly events: string[];
    /** As if the process were killed: it renews nothing any more. */
    readonly kill: () => Promise<void>;
  }
  const make = (
    name: string,
    options: Partial<LeaseOptions> = {},
    apps: readonly AppLoad[] = APPS,
    where: DatabaseSettings = database,
  ): Made => {
    const connection = createConnection({ database: where, applicationName: 'mailprobe' }, 1_000);
    const events: string[] = [];
    const note = (what: string, ids: readonly string[]): void =>
      void events.push(`${what} ${ids.toSorted().join(' ')}`);
    const cluster = createLeases({
      ...NO_EDGES,
      name,
      database: connection,
      prepare: async () => undefined,
      times: TIMES,
      onGained: async (ids) => note('gained', ids),
      onReleasing: async (ids) => note('releasing', ids),
      onLost: (ids) => note('lost', ids),
      onPaused: () => events.push('paused'),
      onResumed: () => events.push('resumed'),
      ...options,
    });
    cluster.update(apps);
    ends.push(async () => {
      await cluster.close();
      await connection.close();
    });
    return { cluster, events, kill: connection.close };
  };
  const heldBy = ({ cluster }: Made): readonly string[] =>
    APPS.map(({ app }) => app).filter((app) => cluster.mayProbe(app));
  const all = (count: number, ...made: readonly Made[]): true | undefined =>
    made.reduce((sum, one) => sum + heldBy(one).length, 0) === count ? true : undefined;

  describeCluster('on PostgreSQL', async () => ({ cluster: make('a').cluster, end: async () => undefined }));

  test('two share, and no app is ever held by both', async () => {
    const [a, b] = [make('a'), make('b')];
    const both: string[] = [];
    const watch = setInterval(() => {
      for (const app of heldBy(a)) if (b.cluster.mayProbe(app)) both.push(app);
    }, 1);
    onTestFinished(() => clearInterval(watch));
    await a.cluster.start();
    expect(heldBy(a)).toHaveLength(3);
    await b.cluster.start();
    await until('the share of b', () => (heldBy(b).length > 0 && all(3, a, b) ? true : undefined));
    expect(heldBy(b)).toHaveLength(1);
    expect(both).toEqual([]);
    expect(a.events.at(-1)).toBe(`releasing ${heldBy(b).join(' ')}`);
    expect(a.cluster.replicas().map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test.skipIf(!isInstalled('pgbouncer'))(
    'behind PgBouncer that pools by transaction: two share, and one takes over',
    async () => {
      const bouncer = await startPgBouncer(server.port);
      const behind = { ...database, hosts: [{ host: '127.0.0.1', port: bouncer.port }] };
      const [a, b] = [make('a', {}, APPS, behind), make('b', {}, APPS, behind)];
      await a.cluster.start();
      await b.cluster.start();
      await until('the share of b', () => (heldBy(b).length === 1 && all(3, a, b) ? true : undefined));
      await a.kill();
      await until('b to take over', () => (heldBy(b).length === 3 ? true : undefined));
      expect(heldBy(a)).toEqual([]);
      await b.cluster.close();
      await bouncer.close();
    },
  );

  test('a replica of an earlier version, which does not say what it knows, is given its share', async () => {
    server.sql(
      "INSERT INTO mailprobe.replica (id, name, alive_until) VALUES ('earlier', 'earlier', now() + interval '1 hour')",
      'leases',
    );
    const differing: string[] = [];
    const a = make('a', { onDiffering: (names) => differing.push(...names) });
    await a.cluster.start();
    await until('its share', () => {
      const free = 'SELECT count(*) FROM mailprobe.assignment WHERE replica IS NULL';
      return heldBy(a).length === 2 && server.sql(free, 'leases') === '1' ? true : undefined;
    });
    expect(differing).toEqual([]);
  });

  test('what is given away is free only after its last write', async () => {
    const written = Promise.withResolvers<void>();
    const a = make('a', { onReleasing: async () => await written.promise });
    await a.cluster.start();
    const b = make('b');
    await b.cluster.start();
    await until('a to see b', () => (a.cluster.replicas().length === 2 ? true : undefined));
    expect(server.sql('SELECT count(*) FROM mailprobe.assignment WHERE replica IS NULL', 'leases')).toBe('0');
    written.resolve();
    await until('the hand-over', () => (heldBy(b).length === 1 ? true : undefined));
    expect(heldBy(a)).toHaveLength(2);
  });

  test('one that stops hands over at once; the epochs go on', async () => {
    const [a, b] = [make('a'), make('b')];
    await a.cluster.start();
    await b.cluster.start();
    await until('the share of b', () => (heldBy(b).length === 1 ? true : undefined));
    const before = [...(b.cluster.lease()?.epochs ?? [])];
    await a.cluster.close();
    expect(heldBy(a)).toEqual([]);
    await until('b to take over', () => all(3, b));
    for (const [app, epoch] of before) expect(b.cluster.lease()?.epochs.get(app)).toBe(epoch);
    expect(Math.min(...(b.cluster.lease()?.epochs.values() ?? []))).toBeGreaterThan(1);
  });

  test('one that dies is taken over after its lease, not before it has stopped by itself', async () => {
    const [a, b] = [make('a'), make('b')];
    await a.cluster.start();
    await b.cluster.start();
    await until('the share of b', () => (heldBy(b).length === 1 ? true : undefined));
    await a.kill();
    await until('b to take over', () => (heldBy(b).length === 3 ? true : undefined));
    expect(heldBy(a)).toEqual([]);
    expect(a.events).toContain('paused');
  });

  test('one that stands still in the middle of a statement, in a transaction that locks its rows, is taken over', async () => {
    const proxy = await createProxy(() => server.port);
    ends.push(async () => proxy.close());
    const behind = { ...database, hosts: [{ host: '127.0.0.1', port: proxy.port }] };
    const [a, b] = [make('a', {}, APPS, behind), make('b')];
    await a.cluster.start();
    // A process that stands still does not see its own deadline.
    const writer = createConnection({ database: behind, applicationName: 'mailprobe' }, 600_000);
    onTestFinished(writer.close);
    const write = writer.transaction(async ({ all }) => {
      await all('SELECT app FROM mailprobe.assignment FOR SHARE');
      proxy.cut('deaf');
      // A statement with a parameter is sent in two parts, and the answer to the first never comes.
      return await all('SELECT app FROM mailprobe.assignment WHERE app = $1', 'plm');
    });
    write.catch(() => undefined);
    await until('the statement to be half sent', () =>
      server.sql(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'ClientRead' AND backend_xid IS NOT NULL",
        'leases',
      ) === '1'
        ? true
        : undefined,
    );
    await b.cluster.start();
    await until('b to take over', () => all(3, b));
    expect(heldBy(a)).toEqual([]);
  });

  test('statements that nobody waits for any more do not fill the server', async () => {
    const locking = createConnection({ database, applicationName: 'another program' });
    const asking = createConnection({ database, applicationName: 'mailprobe' }, 100);
    const ending = createConnection({ database, applicationName: 'mailprobe' });
    onTestFinished(async () => void (await Promise.all([asking.close(), ending.close()])));
    const waiting = (): string =>
      server.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'", 'leases');
    const unlocked = Promise.withResolvers<void>();
    const isLocked = Promise.withResolvers<void>();
    const lock = locking.transaction(async ({ run }) => {
      await run('LOCK TABLE mailprobe.replica');
      isLocked.resolve();
      await unlocked.promise;
    });
    await isLocked.promise;
    for (let given = 0; given < 3; given += 1)
      await expect(createLeaseTable(asking, TIMES.leaseMs).renew('x')).rejects.toMatchObject({
        code: 'slow',
      });
    expect(waiting()).toBe('3');
    const table = createLeaseTable(ending, TIMES.leaseMs, 1);
    await table.endAbandoned();
    await until('them to end', () => (waiting() === '0' ? true : undefined));
    unlocked.resolve();
    await lock;
    await locking.close();
  });

  test('a database that is away for longer than the lease: all pause, all go on, nobody changes hands', async () => {
    const [a, b] = [make('a'), make('b')];
    await a.cluster.start();
    await b.cluster.start();
    await until('the share of b', () => (heldBy(b).length === 1 ? true : undefined));
    const before = [heldBy(a), heldBy(b)];
    await server.crash();
    await until('both to pause', () => all(0, a, b));
    await server.start();
    await until('both to go on', () => all(3, a, b));
    expect([heldBy(a), heldBy(b)]).toEqual(before);
    expect(a.events.filter((event) => event.startsWith('lost'))).toEqual([]);
    expect(a.events.slice(-2)).toEqual(['paused', 'resumed']);
  });

  test('one that was alone and is cut off stops before another that joins meanwhile probes', async () => {
    const a = make('a');
    await a.cluster.start();
    await a.kill();
    const both: string[] = [];
    const b = make('b');
    const watch = setInterval(() => {
      for (const app of heldBy(a)) if (b.cluster.mayProbe(app)) both.push(app);
    }, 1);
    onTestFinished(() => clearInterval(watch));
    await b.cluster.start();
    await until('b to take over', () => all(3, b));
    expect(heldBy(a)).toEqual([]);
    expect(both).toEqual([]);
    expect(a.events).toContain('paused');
  });

  test('replicas that are configured otherwise pass nothing back and forth, and say so', async () => {
    const differing: (readonly string[])[] = [];
    const onDiffering = (names: readonly string[]): void => void differing.push(names);
    const other = APPS.map((app) => Object.assign({}, app, { identity: 'another registration' }));
    const [a, b] = [make('a', { onDiffering }), make('b', {}, other.slice(0, 2))];
    await a.cluster.start();
    await b.cluster.start();
    await until('a to notice', () => (differing.length > 0 ? true : undefined));
    expect(differing).toEqual([['b']]);
    expect(a.cluster.replicas().map(({ name, isAlike }) => [name, isAlike])).toEqual([
      ['a', true],
      ['b', false],
    ]);
    expect(heldBy(a)).toHaveLength(3);
    expect(a.events).toEqual(['gained crm erp plm']);
    expect(b.events).toEqual([]);
    b.cluster.update(APPS);
    await until('b to be given its share', () => (heldBy(b).length === 1 ? true : undefined));
    await until('a to say so', () => (differing.length === 2 ? true : undefined));
    expect(differing[1]).toEqual([]);
  });

  test('one that knows one of three apps is given that one, and keeps it', async () => {
    const [a, b] = [make('a'), make('b', {}, APPS.slice(0, 1))];
    await a.cluster.start();
    await b.cluster.start();
    await until('the share of b', () => (heldBy(b).length === 1 ? true : undefined));
    const settled = performance.now();
    await until('two leases more', () =>
      performance.now() - settled > 2 * TIMES.leaseMs ? true : undefined,
    );
    expect(a.events).toEqual(['gained crm erp plm', 'releasing plm']);
    expect(b.events).toEqual(['gained plm']);
  });

  test("the database's clock jumps by more than a lease: the living notice, and go on with new epochs", async () => {
    const a = make('a');
    await a.cluster.start();
    const before = Math.max(...(a.cluster.lease()?.epochs.values() ?? []));
    server.sql('DELETE FROM mailprobe.replica', 'leases');
    await until('it to come back', () => {
      const epochs = [...(a.cluster.lease()?.epochs.values() ?? [])];
      return epochs.length === 3 && Math.min(...epochs) > before ? true : undefined;
    });
    expect(a.events.slice(1)).toEqual(['lost crm erp plm', 'gained crm erp plm']);
  });

  test('one that was stopped and taken for dead goes on with what it gains then', async () => {
    const offset = { monotonic: 0 };
    const clock: ClusterClock = {
      ...systemClusterClock,
      monotonic: () => performance.now() + offset.monotonic,
    };
    const a = make('a', { clock });
    await a.cluster.start();
    server.sql('DELETE FROM mailprobe.replica', 'leases');
    offset.monotonic = TIMES.leaseMs;
    await until('it to come back', () => (a.events.length === 5 ? true : undefined));
    expect(a.events.slice(1)).toEqual(['paused', 'lost crm erp plm', 'resumed', 'gained crm erp plm']);
  });

  test('an app whose memories cannot be loaded is given back, and taken again', async () => {
    let failures = 1;
    const a = make('a', {
      onGained: async () => {
        if ((failures -= 1) >= 0) throw new Error('away');
      },
    });
    await a.cluster.start();
    await until('the second attempt', () => all(3, a));
    expect(Math.min(...(a.cluster.lease()?.epochs.values() ?? []))).toBe(2);
  });

  test('apps that could not be written when it joined are written in the next round', async () => {
    const connection = createConnection({ database, applicationName: 'a' }, 1_000);
    onTestFinished(connection.close);
    let failures = 1;
    const a = make('a', {
      database: {
        all: connection.all,
        run: async (text, ...values) => {
          if (text.includes('INSERT INTO mailprobe.assignment') && failures > 0) {
            failures -= 1;
            throw new StoreError('unreachable', 'the database restarts');
          }
          return await connection.run(text, ...values);
        },
      },
    });
    await a.cluster.start();
    expect(failures).toBe(0);
    await until('its apps', () => all(3, a));
  });

  test('an app that leaves the configuration is forgotten', async () => {
    const a = make('a');
    await a.cluster.start();
    a.cluster.update(APPS.slice(1));
    await until('it to be forgotten', () => (heldBy(a).length === 2 ? true : undefined));
    await until('its row to go', () =>
      server.sql('SELECT count(*) FROM mailprobe.assignment', 'leases') === '2' ? true : undefined,
    );
    expect(a.events.at(-1)).toBe('releasing plm');
  });

  test.each<[string, (clock: { now: number; monotonic: number }) => void]>([
    ['the wall clock jumps ahead', (clock) => (clock.now += TIMES.leaseMs)],
    [
      'the monotonic clock has run on, while the wall clock was set back',
      (clock) => (clock.monotonic += TIMES.leaseMs),
    ],
  ])('%s: no probe starts until the lease is renewed', async (_, jump) => {
    const offset = { now: 0, monotonic: 0 };
    const clock: ClusterClock = {
      ...systemClusterClock,
      now: () => Date.now() + offset.now,
      monotonic: () => performance.now() + offset.monotonic,
    };
    const a = make('a', { clock });
    await a.cluster.start();
    jump(offset);
    expect(heldBy(a)).toEqual([]);
    await until('the renewal', () => all(3, a));
    expect(a.events.filter((event) => event.startsWith('lost'))).toEqual([]);
  });
});
