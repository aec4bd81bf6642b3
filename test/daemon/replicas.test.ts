/** Two daemons on one PostgreSQL: who probes what, and what becomes of incidents that span them when one dies. */
import { appendFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { LeaseTimes } from '../../src/cluster/leases.ts';
import { formatErrors } from '../../src/config/config-error.ts';
import { createDaemon, type Daemon } from '../../src/daemon.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { type OpenedStore, openStore } from '../../src/open-store.ts';
import { type IncidentView, incidentListSchema } from '../../src/report/resource/incident.ts';
import {
  type MailboxDetailView,
  mailboxDetailSchema,
  mailboxListSchema,
} from '../../src/report/resource/mailbox.ts';
import { replicaListSchema } from '../../src/report/resource/replica.ts';
import { createLogger } from '../../src/report/log.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { planOf, type DemoPlan } from '../../src/sandbox/plan.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { PostgresStore } from '../../src/store/postgres-store.ts';
import { workspace } from '../config/workspace.ts';
import { files } from '../support/files.ts';
import { createPatientLoader } from '../support/patient.ts';
import { postgresBinaries, startPostgres, type PostgresServer } from '../support/postgres.ts';
import { until } from '../support/until.ts';

const TIMES: LeaseTimes = { leaseMs: 3_000, renewMs: 250, marginMs: 300 };
/** Enough for a loaded machine, and short enough to wait for a replica that is cut off. */
const PROBE_MS = 30_000;
const APPS = ['app1', 'app2', 'app3', 'app4'];

interface Replica {
  readonly name: string;
  readonly daemon: Daemon;
  /** Cuts it off from the database for good. */
  readonly cut: () => Promise<void>;
}

const takingLate = ({ shared, ...opened }: OpenedStore, takes: Promise<void>): OpenedStore => {
  if (shared === undefined) throw new Error('the store cannot be shared');
  const loadApps: PostgresStore['loadApps'] = async (...args) => {
    await takes;
    return await shared.store.loadApps(...args);
  };
  return { ...opened, shared: { ...shared, store: { ...shared.store, loadApps } } };
};

const legsOf = <T>(protocols: Readonly<Record<string, T | undefined>>): readonly T[] =>
  Object.values(protocols).flatMap((one) => one ?? []);

const appsOf = ({ daemon }: Replica): readonly string[] => [
  ...new Set(daemon.snapshot().targets.map(({ target }) => target.app.id)),
];

describe.skipIf(postgresBinaries() === undefined)('two replicas', () => {
  let server: PostgresServer;
  let databases = 0;
  beforeAll(async () => void (server = await startPostgres()));
  afterAll(async () => await server.close());

  /** Four apps of one tenant, each with all of its mailboxes. */
  const planFor = (sandbox: Sandbox): DemoPlan => {
    const { apps, watch } = planOf(sandbox.tenant);
    const [app] = apps;
    if (app === undefined) throw new Error('the tenant has no app');
    return {
      apps: APPS.map((id) => Object.assign({}, app, { id })),
      watch: APPS.flatMap((id) =>
        watch.map((one) => Object.assign({}, one, { id: `${id}-${one.id}`, app: id })),
      ),
    };
  };
  interface World {
    readonly sandbox: Sandbox;
    readonly database: string;
    /** `takes`: settles before the replica reads the state of apps whose leases it has taken. */
    readonly start: (name: string, takes?: Promise<void>) => Promise<Replica>;
    readonly scenario: (name: string) => Promise<void>;
    readonly query: (text: string) => Promise<string>;
  }
  const makeWorld = async (): Promise<World> => {
    const { database } = server.createDatabase(`replicas${(databases += 1)}`);
    const sandbox = await createSandbox({ failureDelayMs: 5 });
    onTestFinished(async () => await sandbox.close());
    const start: World['start'] = async (name, takes = Promise.resolve()) => {
      const options = { plan: planFor(sandbox), listen: '127.0.0.1:0', interval: '3s', timeout: '2900ms' };
      const configFile = await configFor(sandbox, await workspace({}), options);
      const url = `postgres://test@127.0.0.1:${server.port}/${database}?sslmode=disable`;
      await appendFile(
        configFile,
        [
          `store: { url: "${url}" }`,
          `replica: { name: ${name} }`,
          'notify: [{ id: ops, type: webhook, url: "http://127.0.0.1:9/", secret_env: HOOK }]',
          '',
        ].join('\n'),
      );
      const env = { HOOK: `whsec_${Buffer.alloc(32).toString('base64')}` };
      const loader = createPatientLoader({ configFile, env, files }, PROBE_MS);
      const loaded = await loader.load();
      if (!loaded.ok) throw new Error(formatErrors(loaded.errors));
      const redactor = createRedactor();
      const logger = createLogger({
        level: process.env['REPLICA_LOG'] === undefined ? 'silent' : 'info',
        redactor,
      });
      const edges = { configFile, env, files, loader, redactor, logger, leaseTimes: TIMES };
      const opened = takingLate(await openStore(loaded.config, edges), takes);
      const daemon = await createDaemon(loaded.config, { ...edges, opened });
      onTestFinished(async () => await daemon.close());
      return { name, daemon, cut: opened.store.close };
    };
    return {
      sandbox,
      database,
      start,
      scenario: async (name) => {
        const answer = await fetch(`${sandbox.control}/scenario/${name}`, { method: 'POST', body: '{}' });
        expect(answer.ok).toBe(true);
      },
      query: async (text) => await server.query(text, database),
    };
  };
  const untilShared = async (a: Replica, b: Replica): Promise<void> =>
    void (await until('both to have two apps', () =>
      appsOf(a).length === 2 && appsOf(b).length === 2 ? true : undefined,
    ));

  test('share the apps, and one that stops hands its apps over', async () => {
    const { start } = await makeWorld();
    const a = await start('a');
    expect(appsOf(a)).toHaveLength(4);
    const b = await start('b');
    await untilShared(a, b);
    expect([...appsOf(a), ...appsOf(b)].sort()).toEqual(APPS);
    await until(
      'b to have probed',
      () => b.daemon.snapshot().targets.every(({ confirmed }) => confirmed === 'up') || undefined,
    );
    const lists = async () =>
      await Promise.all(
        [a, b].map(async ({ daemon }) => {
          const answer = await fetch(`${daemon.url}/api/v1/mailboxes`);
          return mailboxListSchema.parse(await answer.json()).mailboxes;
        }),
      );
    const isUp = ({ protocols }: { readonly protocols: object }): boolean =>
      Object.values(protocols).every((one: { readonly up: boolean | null }) => one.up === true);
    await until('each to answer for the mailboxes of both', async () =>
      (await lists()).every((list) => list.length === 8 && list.every(isUp)) ? true : undefined,
    );
    const answer = await fetch(`${b.daemon.url}/api/v1/replicas`);
    const { replicas } = replicaListSchema.parse(await answer.json());
    expect(replicas.map(({ name, self, apps }) => [name, self, apps.length])).toEqual([
      ['a', false, 2],
      ['b', true, 2],
    ]);
    await a.daemon.close();
    await until('b to have all', () => (appsOf(b).length === 4 ? true : undefined));
    // Nothing is lost on the way, and nothing is reported of a mailbox because of it.
    expect(b.daemon.snapshot().targets.filter(({ confirmed }) => confirmed !== 'up')).toEqual([]);
  });

  test('an app is listed with a replica from when it is probed there, and not from when its lease is taken', async () => {
    const { start, query } = await makeWorld();
    const taking = Promise.withResolvers<void>();
    const a = await start('a');
    const b = await start('b', taking.promise);
    const listed = async (): Promise<readonly string[] | undefined> => {
      const answer = await fetch(`${b.daemon.url}/api/v1/replicas`);
      const { replicas } = replicaListSchema.parse(await answer.json());
      return replicas.find(({ name }) => name === 'b')?.apps;
    };
    const leases = `SELECT count(*) FROM mailprobe.assignment JOIN mailprobe.replica ON id = replica WHERE name = 'b'`;
    await until('b to take leases', async () => ((await query(leases)) === '2' ? true : undefined));
    expect(await listed()).toEqual([]);
    const text = await (await fetch(`${b.daemon.url}/metrics`)).text();
    expect(text).toContain('\nmailprobe_replica_apps 0\n');
    expect(text).not.toContain('mailprobe_app_info{');
    taking.resolve();
    await untilShared(a, b);
    expect(await listed()).toEqual(appsOf(b));
  });

  test('an incident that spans them stays one through the death of one, and is reported once', async () => {
    const { sandbox, start, scenario, query } = await makeWorld();
    const [a, b] = [await start('a'), await start('b')];
    await untilShared(a, b);
    await scenario('mail-host-refused');
    const blocked = "SELECT id FROM mailprobe.incident WHERE cause = 'tcp-blocked'";
    const open = `SELECT count(*) FROM mailprobe.incident_mailbox WHERE ended IS NULL AND incident IN (${blocked})`;
    /** With the cause: a failure shows what another incident is of. */
    const allOf = async (): Promise<readonly string[]> =>
      (await query('SELECT id, cause FROM mailprobe.incident ORDER BY id')).split('\n');
    const idsOf = async (): Promise<readonly string[]> =>
      (await allOf()).filter((row) => row.endsWith('|tcp-blocked'));
    const mailboxes = planFor(sandbox).watch.length;
    await until('both ports to have an incident with all mailboxes', async () =>
      (await query(open)) === String(2 * mailboxes) ? true : undefined,
    );
    const incidents = await idsOf();
    expect(incidents).toHaveLength(2);
    // Counted by the replica that opened it, and by no other.
    const countedBy = async ({ daemon }: Replica): Promise<number> => {
      const text = await (await fetch(`${daemon.url}/metrics`)).text();
      const counts = [...text.matchAll(/^mailprobe_incidents_total\{cause="tcp-blocked".*\} (\d+)$/gm)];
      return counts.reduce((sum, [, count]) => sum + Number(count), 0);
    };
    // Each counts it after it was written.
    await until('both to be counted', async () =>
      (await countedBy(a)) + (await countedBy(b)) >= 2 ? true : undefined,
    );
    expect((await countedBy(a)) + (await countedBy(b))).toBe(2);

    await a.cut();
    await until('b to have all', () => (appsOf(b).length === 4 ? true : undefined));
    const tookOverAt = Date.now();
    await until(
      'b to probe all',
      () =>
        b.daemon
          .snapshot()
          .targets.every(({ lastProbe }) => (lastProbe?.evidence.startedAt ?? 0) > tookOverAt) || undefined,
    );
    expect(await idsOf(), `all: ${(await allOf()).join(', ')}`).toEqual(incidents);
    expect(await query(open)).toBe(String(2 * mailboxes));

    expect((await fetch(`${sandbox.control}/reset`, { method: 'POST', body: '{}' })).ok).toBe(true);
    const stillOpen = `SELECT count(*) FROM mailprobe.incident WHERE closed IS NULL AND id IN (${blocked})`;
    await until('both incidents to close', async () => ((await query(stillOpen)) === '0' ? true : undefined));
    expect(await query(open)).toBe('0');
    expect(await query(`SELECT DISTINCT close_reason FROM mailprobe.incident WHERE id IN (${blocked})`)).toBe(
      'recovered',
    );
    const messages = async (kind: string): Promise<string> =>
      await query(
        `SELECT count(*), count(DISTINCT incident) FROM mailprobe.outbox WHERE message = '${kind}' AND incident IN (${blocked})`,
      );
    expect(await messages('opened')).toBe('2|2');
    // None where it was over before the opening was due, on the replica that would report both.
    expect(['0|0', '1|1', '2|2']).toContain(await messages('closed'));
  });

  test('any replica probes, acknowledges, announces and publishes for all', async () => {
    const { sandbox, start, scenario } = await makeWorld();
    const [a, b] = [await start('a'), await start('b')];
    await untilShared(a, b);
    const post = async ({ daemon }: Replica, path: string, body?: object): Promise<Response> =>
      await fetch(`${daemon.url}/api/v1/${path}`, {
        method: 'POST',
        ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
    const get = async ({ daemon }: Replica, path: string): Promise<unknown> =>
      await (await fetch(`${daemon.url}/api/v1/${path}`)).json();
    const [theirs = ''] = planFor(sandbox).watch.flatMap(({ id, app }) =>
      appsOf(b).includes(app) ? [id] : [],
    );
    const events: string[] = [];
    const stream = new AbortController();
    onTestFinished(() => stream.abort());
    const { body: published } = await fetch(`${a.daemon.url}/api/v1/events`, { signal: stream.signal });
    if (published === null) throw new Error('no events');
    const reading = (async () => {
      for await (const chunk of published.pipeThrough(new TextDecoderStream())) events.push(chunk);
    })();
    reading.catch(() => undefined);
    await until('a to answer for all, up', async () => {
      const { mailboxes } = mailboxListSchema.parse(await get(a, 'mailboxes'));
      const states = mailboxes.flatMap(({ protocols }) => legsOf(protocols).map(({ up }) => up));
      return states.every((up) => up === true) || undefined;
    });

    // Of a success that another saw there are no stages; a probe on demand brings them.
    const detail = async (): Promise<MailboxDetailView> =>
      mailboxDetailSchema.parse(await get(a, `mailboxes/${theirs}`));
    expect((await detail()).replica).toBe('b');
    expect((await detail()).as_of).not.toBeNull();
    for (const { stages, stages_on } of legsOf((await detail()).protocols))
      expect({ stages, stages_on }).toEqual({ stages: [], stages_on: 'b' });
    // A request joins a probe that is under way already: again, until one has begun since.
    const probeSince = async (since: number): Promise<MailboxDetailView> =>
      await until('a probe that began since', async () => {
        const answer = await post(a, `mailboxes/${theirs}/probe`);
        const detailOrProblem: unknown = await answer.json();
        if (answer.status === 429) return undefined;
        const probed = mailboxDetailSchema.parse(detailOrProblem);
        const isSince = legsOf(probed.protocols).every(({ last_run }) => Date.parse(last_run ?? '') >= since);
        return isSince ? probed : undefined;
      });
    const probed = await probeSince(Date.now());
    expect(probed.replica).toBe('b');
    for (const { stages, stages_on } of legsOf(probed.protocols)) {
      expect(stages_on).toBeNull();
      expect(stages.at(-1)?.stage).toBe('logout');
    }

    // A fault that only b finds.
    await scenario('mail-host-refused');
    const { protocols } = await probeSince(Date.now());
    expect(legsOf(protocols).map(({ diagnoses }) => diagnoses[0]?.cause)).toEqual([
      'tcp-blocked',
      'tcp-blocked',
    ]);
    await until('a to publish that it is down', () =>
      events.join('').match(new RegExp(`"mailbox":"${theirs}".*"to":"down"`)) ? true : undefined,
    );
    const listed = async (replica: Replica): Promise<readonly IncidentView[]> =>
      incidentListSchema.parse(await get(replica, 'incidents?state=open')).incidents;
    const [incident] = await until('an incident', async () => {
      const open = await listed(a);
      return open.length > 0 ? open : undefined;
    });
    if (incident === undefined) throw new Error('no incident');
    await until('a to publish it once', () =>
      events.join('').split('event: incident_opened').length > 1 ? true : undefined,
    );

    // Acknowledged on one, known on the other: also where reminders are decided.
    const given = { by: 'anna', note: 'on it' };
    expect((await post(b, `incidents/${incident.id}/acknowledgement`, given)).status).toBe(200);
    expect((await listed(a)).find(({ id }) => id === incident.id)?.acknowledgement).toMatchObject(given);
    await until('the page of a to show it', async () => {
      const page = await (await fetch(`${a.daemon.url}/incidents/${incident.id}`)).text();
      return page.includes('on it') ? true : undefined;
    });
    const window = {
      by: 'anna',
      note: 'patch',
      until: new Date(Date.now() + 600_000).toISOString(),
      mailboxes: [theirs],
    };
    expect((await post(a, 'maintenance', window)).ok).toBe(true);
    await until('b to know the window', async () =>
      JSON.stringify(await get(b, 'maintenance')).includes('"note":"patch"') ? true : undefined,
    );

    // The holder dies: whoever takes the app over answers.
    await b.cut();
    const after = await until('an answer', async () => {
      const answer = await post(a, `mailboxes/${theirs}/probe`);
      const body: unknown = await answer.json();
      return answer.ok ? mailboxDetailSchema.parse(body) : undefined;
    });
    expect(after.replica).toBe('a');
  });
});
