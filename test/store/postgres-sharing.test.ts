/** What replicas may write, and what becomes of an incident that several of them find. */
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { NO_CHANGES, type Changes } from '../../src/model/memory.ts';
import { createPostgresStore, type PostgresStore } from '../../src/store/postgres-store.ts';
import type { DatabaseSettings } from '../../src/model/database.ts';
import { NOON } from '../support/builders.ts';
import { WAIT_MS } from '../support/limits.ts';
import { postgresBinaries, startPostgres, type PostgresServer } from '../support/postgres.ts';
import { aChange, aMessage, anIncident, aTargetMemory, HOUR } from './builders.ts';

describe.skipIf(postgresBinaries() === undefined)('replicas on one PostgreSQL', () => {
  let server: PostgresServer;
  let database: DatabaseSettings;
  let databases = 0;
  beforeAll(async () => void (server = await startPostgres()));
  afterAll(async () => await server.close());
  beforeEach(() => {
    database = server.createDatabase(`sharing${(databases += 1)}`);
  });
  const sql = (text: string): string => server.sql(text, database.database);

  interface Writer {
    readonly store: PostgresStore;
    readonly save: (changes: Partial<Changes>) => Promise<void>;
    readonly joined: string[];
    /** Those that were stored under their own ids. */
    readonly opened: string[];
  }
  /** Mailboxes are named after their app: `plm-1` is one of `plm`. */
  const writer = async (replica: string, apps: Readonly<Record<string, number>>): Promise<Writer> => {
    const joined: string[] = [];
    const opened: string[] = [];
    const store = createPostgresStore({
      database,
      applicationName: replica,
      deadlineMs: WAIT_MS,
      sharing: {
        lease: () => ({ replica, epochs: new Map(Object.entries(apps)) }),
        appOf: (mailbox) => mailbox.split('-')[0],
        onStored: (id, kept) => {
          (kept === id ? opened : joined).push(kept === id ? id : `${id} is ${kept}`);
        },
      },
    });
    onTestFinished(store.close);
    await store.open();
    sql(`INSERT INTO mailprobe.replica VALUES ('${replica}', '${replica}', now() + interval '1 hour')`);
    for (const [app, epoch] of Object.entries(apps))
      sql(
        `INSERT INTO mailprobe.assignment VALUES ('${app}', 't', 1, ${epoch}, '${replica}') ON CONFLICT (app) DO NOTHING`,
      );
    return {
      store,
      joined,
      opened,
      save: async (changes) => await store.save({ ...NO_CHANGES, ...changes }),
    };
  };
  const affected = (...ids: readonly string[]) => ids.map((id) => ({ id, since: NOON }));
  const spanning = { scope: 'tenant', subject: 'contoso', problem: 'p' } as const;
  const closed = { state: 'closed', closed: NOON + HOUR, closeReason: 'recovered' } as const;

  test('what is of another, or of an epoch that is over, is not written', async () => {
    const a = await writer('a', { plm: 7 });
    const of = (app: string) => ({
      targets: [aTargetMemory({ mailbox: `${app}-1`, app })],
      stateChanges: [aChange('down', NOON, { mailbox: `${app}-1`, app })],
      incidents: [anIncident(`i-${app}`, { affectedMailboxes: affected(`${app}-1`) })],
      outbox: [aMessage(`m-${app}`, { incident: `i-${app}` })],
      tokens: [{ app, state: { app, requestsTotal: 1, failuresByCode: {} } }],
    });
    await writer('b', { erp: 1 });
    await a.save(of('erp'));
    sql("UPDATE mailprobe.assignment SET epoch = 8 WHERE app = 'plm'");
    await a.save(of('plm'));
    const rows = ['target', 'state_change', 'incident', 'incident_mailbox', 'outbox', 'token'].map((table) =>
      sql(`SELECT count(*) FROM mailprobe.${table}`),
    );
    expect(rows).toEqual(['0', '0', '0', '0', '0', '0']);
    sql("UPDATE mailprobe.assignment SET epoch = 7 WHERE app = 'plm'");
    await a.save(of('plm'));
    expect((await a.store.incident('i-plm'))?.deliveries).toHaveLength(1);
  });

  test('who is buried writes nothing but what became of messages', async () => {
    const a = await writer('a', { plm: 1 });
    await a.save({ outbox: [aMessage('m')] });
    sql('DELETE FROM mailprobe.replica');
    await a.save({
      incidents: [anIncident('i', { affectedMailboxes: affected('plm-1') })],
      settlements: [{ message: 'm', outcome: 'sent', at: NOON }],
    });
    expect(await a.store.incident('i')).toBeUndefined();
    expect(await a.store.takeDue({ now: NOON + HOUR, limit: 9, leaseMs: 1 })).toEqual([]);
  });

  test('a fault that two find is one incident, opened once, and closed by the last', async () => {
    const [a, b] = [await writer('a', { plm: 1 }), await writer('b', { erp: 1 })];
    const message = (id: string, incident: string, kind: 'opened' | 'closed') =>
      aMessage(id, { incident, message: kind });
    await a.save({
      incidents: [
        anIncident('ia', { ...spanning, confirmed: NOON + 9, affectedMailboxes: affected('plm-1') }),
      ],
      outbox: [message('m1', 'ia', 'opened')],
    });
    await b.save({
      incidents: [
        anIncident('ib', { ...spanning, confirmed: NOON + 5, affectedMailboxes: affected('erp-1', 'erp-2') }),
      ],
      outbox: [message('m2', 'ib', 'opened')],
    });
    expect([a.opened, b.opened]).toEqual([['ia'], []]);
    expect(b.joined).toEqual(['ib is ia']);
    expect(await a.store.incident('ib')).toBeUndefined();
    expect(await a.store.incident('ia')).toMatchObject({
      affectedMailboxes: affected('erp-1', 'erp-2', 'plm-1'),
      confirmed: NOON + 5,
      peakAffected: 3,
      deliveries: [{ message: 'opened' }],
    });

    await a.save({
      incidents: [anIncident('ia', { ...spanning, ...closed, affectedMailboxes: affected('plm-1') })],
      outbox: [message('m3', 'ia', 'closed')],
    });
    const goesOn = await a.store.incident('ia');
    expect(goesOn).toMatchObject({ state: 'open', deliveries: [{ message: 'opened' }] });
    expect(goesOn?.affectedMailboxes.map(({ until }) => until)).toEqual([undefined, undefined, NOON + HOUR]);

    const last = {
      incidents: [
        anIncident('ib', {
          ...spanning,
          ...closed,
          affectedMailboxes: affected('erp-1', 'erp-2').map(({ id }) => ({
            id,
            since: NOON,
            until: NOON + HOUR,
          })),
        }),
      ],
      outbox: [message('m4', 'ib', 'closed')],
    };
    await b.save(last);
    // An answer that was lost: it is written again.
    await b.save(last);
    expect(await a.store.incident('ib')).toBeUndefined();
    expect(await a.store.incident('ia')).toMatchObject({
      state: 'closed',
      closeReason: 'recovered',
      deliveries: [{ message: 'opened' }, { message: 'closed' }],
    });
  });

  test('two that find it at the same moment: still one', async () => {
    const writers = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (name) => await writer(name, { [name]: 1 })),
    );
    await Promise.all(
      writers.map(async ({ save }, at) => {
        const name = 'abcd'.charAt(at);
        const incident = anIncident(`i${name}`, { ...spanning, affectedMailboxes: affected(`${name}-1`) });
        await save({ incidents: [incident], outbox: [aMessage(`m${name}`, { incident: `i${name}` })] });
      }),
    );
    expect(sql('SELECT count(*) FROM mailprobe.incident')).toBe('1');
    expect(sql('SELECT count(*) FROM mailprobe.incident_mailbox')).toBe('4');
    expect(sql('SELECT count(*) FROM mailprobe.outbox')).toBe('1');
  });

  test('a late word about an incident that others have closed since does not open it again', async () => {
    const [a, b] = [await writer('a', { plm: 1 }), await writer('b', { erp: 1 })];
    await a.save({ incidents: [anIncident('ia', { ...spanning, affectedMailboxes: affected('plm-1') })] });
    await b.save({ incidents: [anIncident('ia', { ...spanning, affectedMailboxes: affected('erp-1') })] });
    for (const one of [a, b])
      await one.save({ incidents: [anIncident('ia', { ...spanning, ...closed, affectedMailboxes: [] })] });
    await a.save({ incidents: [anIncident('ia', { ...spanning, title: 'late', affectedMailboxes: [] })] });
    expect(await a.store.incident('ia')).toMatchObject({ state: 'closed' });
  });

  test('what another knew of an app comes with it, and nothing else', async () => {
    const a = await writer('a', { plm: 1, erp: 1 });
    await a.save({
      targets: [
        aTargetMemory({ mailbox: 'plm-1', app: 'plm' }),
        aTargetMemory({ mailbox: 'erp-1', app: 'erp' }),
      ],
      incidents: [
        anIncident('i1', { ...spanning, affectedMailboxes: affected('plm-1', 'erp-1') }),
        anIncident('i2', { affectedMailboxes: affected('erp-1') }),
        anIncident('i3', { scope: 'app', subject: 'plm', affectedMailboxes: [] }),
      ],
    });
    const loaded = await a.store.loadApps(['plm'], 0);
    expect(loaded.targets.map(({ mailbox }) => mailbox)).toEqual(['plm-1']);
    expect(loaded.incidents.map(({ id }) => id)).toEqual(['i1', 'i3']);
  });

  test('what was wrong with a replica that is dead is over with it, unless one of its name is back', async () => {
    const a = await writer('a', { plm: 1 });
    const own = (subject: string) => ({ scope: 'prober', subject, affectedMailboxes: [] }) as const;
    await a.save({ incidents: [anIncident('i1', own('b')), anIncident('i2', own('a'))] });
    await a.store.closeIncidentsOf(['a', 'b'], NOON + 1);
    expect(await a.store.incident('i1')).toMatchObject({ state: 'closed', closed: NOON + 1 });
    expect(await a.store.incident('i2')).toMatchObject({ state: 'open' });
  });
});
