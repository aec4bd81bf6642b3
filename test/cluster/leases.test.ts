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
import { WAIT_MS } from '../support/limits.ts';
import { until } from '../support/until.ts';
import { APPS, describeCluster, NO_EDGES } from './contract.ts';

/** No lease ends by itself, however slow the machine is: where one has to, the clocks of the replica are moved. */
const TIMES: LeaseTimes = { leaseMs: 600_000, renewMs: 100, marginMs: 150 };
/** For what happens when a lease ends by itself: such a test does not say what happens before. */
const SHORT_TIMES: LeaseTimes = { leaseMs: 1_500, renewMs: 150, marginMs: 150 };
/** As short as the lease, for statements that are never answered. */
const SHORT_DEADLINE_MS = 1_000;

interface Offset {
  readonly now: number;
  readonly monotonic: number;
}

function createMovableClock(): { readonly clock: ClusterClock; readonly jump: Made['jump'] } {
  const offset = { now: 0, monotonic: 0 };
  return {
    clock: {
      ...systemClusterClock,
      now: () => Date.now() + offset.now,
      monotonic: () => performance.now() + offset.monotonic,
    },
    jump: ({ now = 0, monotonic = 0 }) => {
      offset.now += now;
      offset.monotonic += monotonic;
    },
  };
}

interface Gate {
  readonly pass: () => Promise<void>;
  /** Resolves when somebody waits for the gate to open. */
  readonly close: () => Promise<void>;
  readonly open: () => void;
}

function createGate(): Gate {
  let reached = (): void => undefined;
  let opened = Promise.withResolvers<void>();
  opened.resolve();
  return {
    pass: async () => {
      reached();
      await opened.promise;
    },
    close: async () => {
      opened = Promise.withResolvers();
      await new Promise<void>((resolve) => (reached = resolve));
    },
    open: () => opened.resolve(),
  };
}

interface Made {
  readonly cluster: Cluster;
  readonly events: string[];
  /** Resolves after this many more renewals. */
  readonly renewals: (count: number) => Promise<void>;
  /** Resolves when it stands still between two rounds, as if the process were stopped. */
  readonly stop: () => Promise<void>;
  readonly goOn: () => void;
  /** Moves its clocks, or one of them. */
  readonly jump: (by: Partial<Offset>) => void;
  /** As if the process were killed: it renews nothing any more. */
  readonly kill: () => Promise<void>;
}

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
    // A statement that its client has given up would bring a replica back after this.
    await query(
      `SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
    );
    await query('TRUNCATE mailprobe.replica, mailprobe.assignment CASCADE');
  });
  const query = async (text: string): Promise<string> => await server.query(text, 'leases');

  const make = (
    name: string,
    options: Partial<LeaseOptions> = {},
    apps: readonly AppLoad[] = APPS,
    where: DatabaseSettings = database,
  ): Made => {
    const { times = TIMES } = options;
    const deadlineMs = times === TIMES ? WAIT_MS : SHORT_DEADLINE_MS;
    const connection = createConnection({ database: where, applicationName: 'mailprobe' }, deadlineMs);
    const events: string[] = [];
    const { clock, jump } = createMovableClock();
    const gate = createGate();
    let renewed = 0;
    const note = (what: string, ids: readonly string[]): void =>
      void events.push(`${what} ${ids.toSorted().join(' ')}`);
    const cluster = createLeases({
      ...NO_EDGES,
      name,
      database: connection,
      prepare: gate.pass,
      onRound: () => void (renewed += 1),
      times,
      clock,
      onGained: async (ids) => note('gained', ids),
      onReleasing: async (ids) => note('releasing', ids),
      onLost: (ids) => note('lost', ids),
      onPaused: () => events.push('paused'),
      onResumed: () => events.push('resumed'),
      ...options,
    });
    cluster.update(apps);
    ends.push(async () => {
      gate.open();
      await cluster.close();
      await connection.close();
    });
    const renewals: Made['renewals'] = async (count) => {
      const last = renewed + count;
      await until(`${count} renewals of ${name}`, () => (renewed >= last ? true : undefined));
    };
    const { close: kill } = connection;
    return { cluster, events, renewals, stop: gate.close, goOn: gate.open, jump, kill };
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
      const times = SHORT_TIMES;
      const [a, b] = [make('a', { times }, APPS, behind), make('b', { times }, APPS, behind)];
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
    await query(
      "INSERT INTO mailprobe.replica (id, name, alive_until) VALUES ('earlier', 'earlier', now() + interval '1 hour')",
    );
    const differing: string[] = [];
    const a = make('a', { times: SHORT_TIMES, onDiffering: (names) => differing.push(...names) });
    await a.cluster.start();
    await until('its share', async () => {
      const free = 'SELECT count(*) FROM mailprobe.assignment WHERE replica IS NULL';
      return heldBy(a).length === 2 && (await query(free)) === '1' ? true : undefined;
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
    expect(await query('SELECT count(*) FROM mailprobe.assignment WHERE replica IS NULL')).toBe('0');
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
    const times = SHORT_TIMES;
    const [a, b] = [make('a', { times }), make('b', { times })];
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
    const times = SHORT_TIMES;
    const [a, b] = [make('a', { times }, APPS, behind), make('b', { times })];
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
    const halfSent =
      "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'ClientRead' AND backend_xid IS NOT NULL";
    await until('the statement to be half sent', async () =>
      (await query(halfSent)) === '1' ? true : undefined,
    );
    await b.cluster.start();
    await until('b to take over', () => all(3, b));
    expect(heldBy(a)).toEqual([]);
  });

  test('statements that nobody waits for any more do not fill the server', async () => {
    const locking = createConnection({ database, applicationName: 'another program' });
    const asking = createConnection({ database, applicationName: 'mailprobe' }, WAIT_MS);
    const ending = createConnection({ database, applicationName: 'mailprobe' });
    onTestFinished(async () => void (await Promise.all([asking.close(), ending.close()])));
    const waiting = async (): Promise<string> =>
      await query("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    const unlocked = Promise.withResolvers<void>();
    const isLocked = Promise.withResolvers<void>();
    const lock = locking.transaction(async ({ run }) => {
      await run('LOCK TABLE mailprobe.replica');
      isLocked.resolve();
      await unlocked.promise;
    });
    await isLocked.promise;
    const { renew } = createLeaseTable(asking, TIMES.leaseMs);
    const given = [1, 2, 3].map(async () => await expect(renew('x')).rejects.toBeInstanceOf(StoreError));
    await until('them to wait', async () => ((await waiting()) === '3' ? true : undefined));
    await asking.close();
    await Promise.all(given);
    expect(await waiting()).toBe('3');
    const table = createLeaseTable(ending, TIMES.leaseMs, 1);
    await table.endAbandoned();
    await until('them to end', async () => ((await waiting()) === '0' ? true : undefined));
    unlocked.resolve();
    await lock;
    await locking.close();
  });

  test('a database that is away for longer than the lease: all pause, all go on, nobody changes hands', async () => {
    const proxy = await createProxy(() => server.port);
    ends.push(async () => proxy.close());
    const behind = { ...database, hosts: [{ host: '127.0.0.1', port: proxy.port }] };
    const [a, b] = [make('a', {}, APPS, behind), make('b', {}, APPS, behind)];
    await a.cluster.start();
    await b.cluster.start();
    await until('the share of b', () => (heldBy(b).length === 1 ? true : undefined));
    const before = [heldBy(a), heldBy(b)];
    proxy.cut('reset');
    await server.crash();
    for (const { jump } of [a, b]) jump({ now: TIMES.leaseMs, monotonic: TIMES.leaseMs });
    expect(all(0, a, b)).toBe(true);
    await until('both to pause', () =>
      [a, b].every(({ events }) => events.at(-1) === 'paused') ? true : undefined,
    );
    await server.start();
    // Whoever comes back first finds the lease of the other ended.
    await query("UPDATE mailprobe.replica SET alive_until = now() - interval '1 s'");
    proxy.restore();
    await until('both to go on', () => all(3, a, b));
    expect([heldBy(a), heldBy(b)]).toEqual(before);
    expect(a.events.filter((event) => event.startsWith('lost'))).toEqual([]);
    expect(a.events.slice(-2)).toEqual(['paused', 'resumed']);
  });

  test('one that was alone and is cut off stops before another that joins meanwhile probes', async () => {
    const times = SHORT_TIMES;
    const a = make('a', { times });
    await a.cluster.start();
    await a.kill();
    const both: string[] = [];
    const b = make('b', { times });
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
    await until('a to see b', () => (a.cluster.replicas().length === 2 ? true : undefined));
    // In the first of these rounds it notes since when they differ.
    await a.renewals(2);
    a.jump({ monotonic: 0.6 * TIMES.leaseMs });
    await a.renewals(2);
    expect(differing).toEqual([]);
    a.jump({ monotonic: 0.6 * TIMES.leaseMs });
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
    await Promise.all([a, b].map(async ({ renewals }) => await renewals(20)));
    expect(a.events).toEqual(['gained crm erp plm', 'releasing plm']);
    expect(b.events).toEqual(['gained plm']);
  });

  test("the database's clock jumps by more than a lease: the living notice, and go on with new epochs", async () => {
    const a = make('a');
    await a.cluster.start();
    const before = Math.max(...(a.cluster.lease()?.epochs.values() ?? []));
    await a.stop();
    await query('DELETE FROM mailprobe.replica');
    a.goOn();
    await until('it to come back', () => {
      const epochs = [...(a.cluster.lease()?.epochs.values() ?? [])];
      return epochs.length === 3 && Math.min(...epochs) > before ? true : undefined;
    });
    expect(a.events.slice(1)).toEqual(['lost crm erp plm', 'gained crm erp plm']);
  });

  test('one that was stopped and taken for dead goes on with what it gains then', async () => {
    const a = make('a');
    await a.cluster.start();
    await a.stop();
    await query('DELETE FROM mailprobe.replica');
    a.jump({ monotonic: TIMES.leaseMs });
    a.goOn();
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
    await until('its row to go', async () =>
      (await query('SELECT count(*) FROM mailprobe.assignment')) === '2' ? true : undefined,
    );
    expect(a.events.at(-1)).toBe('releasing plm');
  });

  test.each<[string, Partial<Offset>]>([
    ['the wall clock jumps ahead', { now: TIMES.leaseMs }],
    ['the monotonic clock has run on, while the wall clock was set back', { monotonic: TIMES.leaseMs }],
  ])('%s: no probe starts until the lease is renewed', async (_, offset) => {
    const a = make('a');
    await a.cluster.start();
    a.jump(offset);
    expect(heldBy(a)).toEqual([]);
    await until('the renewal', () => all(3, a));
    expect(a.events.filter((event) => event.startsWith('lost'))).toEqual([]);
  });
});
