/**
 * A real Prometheus with the shipped rules scrapes two real replicas on a real PostgreSQL, which are killed in turn. An
 * alert that fires goes on firing until the mailbox opens again.
 */
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { createDaemonProcess, type DaemonProcess } from '../../bench/chaos/daemon-process.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { addApplication, addMailbox, createTenant, daysFromNow } from '../../src/sandbox/tenant-builder.ts';
import type { DemoPlan } from '../../src/sandbox/plan.ts';
import { isAlert, readRules } from '../alerts/rules.ts';
import { freePorts } from '../support/free-ports.ts';
import { postgresBinaries, startPostgres, type PostgresServer } from '../support/postgres.ts';
import { startPrometheus, type Prometheus } from '../support/prometheus.ts';
import { isInstalled } from '../support/provision.ts';
import { until } from '../support/until.ts';

const LEASE_MS = 3_000;
const APPS = ['app1', 'app2', 'app3', 'app4'];
/** Their secrets expire; of the others one mailbox each breaks. */
const EXPIRING = new Set(['app1', 'app2']);
const MAIN = join(import.meta.dirname, '../support/replica-main.ts');
/** What concerns mailboxes, and is steady once it fires. */
const WATCHED = 'MailprobeMailboxDown|MailprobeMailboxProblem|MailprobeAppProblem';
/** 4 mailboxes of expired apps and 2 others, over both protocols; a problem of each of the 2 apps and the 2 others. */
const FIRING = { MailprobeMailboxDown: 12, MailprobeAppProblem: 2, MailprobeMailboxProblem: 2 };

/** The shipped rules with a minute of waiting as 400 ms, and one more that counts the evaluations. */
async function hastyRules(): Promise<string> {
  const { groups } = await readRules();
  const minutes = (duration: string): number => Number(/^(\d+)m$/.exec(duration)?.[1]);
  return stringify({
    groups: groups.map(({ name, rules }) => ({
      name,
      interval: '1s',
      rules: [
        ...rules.map((rule) => ({
          ...rule,
          // Longer than a lease and its takeover on a busy machine, as the shipped three minutes are.
          expr: rule.expr.replaceAll('[3m]', '[30s]'),
          ...(isAlert(rule) && { for: `${Math.ceil(minutes(rule.for) * 0.4)}s` }),
        })),
        { record: 'evaluations', expr: 'vector(1)' },
      ],
    })),
  });
}

interface Replica {
  readonly name: string;
  readonly url: string;
  readonly process: DaemonProcess;
}

describe.skipIf(!isInstalled('prometheus') || postgresBinaries() === undefined)('two replicas', () => {
  let database: PostgresServer;
  let sandbox: Sandbox;
  let prometheus: Prometheus;
  let directory: string;
  let a: Replica;
  let b: Replica;

  beforeAll(async () => {
    const tenant = createTenant();
    tenant.tokenLifetimeSeconds = 3;
    const made = APPS.map((id) => {
      const { application, secret } = addApplication(tenant, { displayName: id });
      const addresses = [1, 2].map((at) => `${id}-${at}@contoso.example`);
      for (const address of addresses) addMailbox(tenant, address, [application.appId]);
      const app = {
        id,
        appId: application.appId,
        credential: { kind: 'secret', value: secret.value },
        expiresAt: daysFromNow(150),
      } as const;
      return {
        app,
        watch: addresses.map((address) => ({ id: address.split('@')[0] ?? '', address, app: id })),
      };
    });
    const plan: DemoPlan = { apps: made.map(({ app }) => app), watch: made.flatMap(({ watch }) => watch) };
    sandbox = await createSandbox({ tenant, failureDelayMs: 5 });
    database = await startPostgres();
    const { database: name } = database.createDatabase('failover');
    directory = await mkdtemp(join(tmpdir(), 'mailprobe-failover-'));
    const ports = await freePorts(2);
    const replica = async (id: string, port: number | undefined): Promise<Replica> => {
      const listen = `127.0.0.1:${port}`;
      const options = { plan, listen, interval: '3s', timeout: '2900ms' };
      const file = await configFor(sandbox, join(directory, id), options);
      const url = `postgres://test@127.0.0.1:${database.port}/${name}?sslmode=disable`;
      await appendFile(file, `store: { url: "${url}" }\nreplica: { name: ${id} }\n`);
      const command = [MAIN, file, String(LEASE_MS)];
      return {
        name: id,
        url: `http://${listen}`,
        process: createDaemonProcess(file, `http://${listen}`, { command }),
      };
    };
    [a, b] = [await replica('a', ports[0]), await replica('b', ports[1])];
    const rules = join(directory, 'alerts.yaml');
    await writeFile(rules, await hastyRules());
    prometheus = await startPrometheus({
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [rules],
      scrape_configs: [
        {
          job_name: 'mailprobe',
          static_configs: [{ targets: [a, b].map(({ url }) => new URL(url).host) }],
        },
      ],
    });
  });

  afterAll(async () => {
    await Promise.all([a.process.kill(), b.process.kill()]);
    await prometheus.close();
    await database.close();
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** As Prometheus has scraped it. */
  const untilApps = async (wanted: readonly (readonly [Replica, number])[]): Promise<void> => {
    const what = wanted.map(([{ name }, apps]) => `${name} to have ${apps} apps`).join(', ');
    await until(
      what,
      async () => {
        const samples = await prometheus.query('mailprobe_replica_apps');
        const apps = new Map(samples.map(({ metric, value }) => [metric['instance'], Number(value[1])]));
        return wanted.every(([{ url }, count]) => apps.get(new URL(url).host) === count) || undefined;
      },
      60_000,
    );
  };
  /** The alerts in an answer, without the labels that `ALERTS` adds to theirs. */
  const alertsIn = async (expression: string): Promise<readonly string[]> => {
    const samples = await prometheus.query(expression);
    return samples.map(({ metric }) => {
      const own = Object.keys(metric).filter((name) => name !== '__name__' && name !== 'alertstate');
      return own
        .toSorted()
        .map((name) => `${name}=${metric[name]}`)
        .join(' ');
    });
  };
  const count = async (expression: string): Promise<number> =>
    Number((await prometheus.query(`count(${expression})`))[0]?.value[1] ?? 0);
  const untilFiring = async (): Promise<void> => {
    for (const [name, wanted] of Object.entries(FIRING)) {
      await until(
        `${wanted} ${name} to fire`,
        async () => (await count(`ALERTS{alertname="${name}", alertstate="firing"}`)) === wanted || undefined,
        60_000,
      );
    }
  };
  const breakIn = async (method: string, path: string, body: object): Promise<void> => {
    const answer = await fetch(`${sandbox.control}${path}`, { method, body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
  };
  const expireOn = (date: string): void =>
    sandbox.change(({ applications }) => {
      const hit = applications.filter(({ displayName }) => EXPIRING.has(displayName));
      for (const { secrets } of hit) for (const secret of secrets) secret.endDateTime = date;
    });

  test('whatever is killed, no alert resolves, and none waits anew', { timeout: 300_000 }, async () => {
    await a.process.start();
    await untilApps([[a, 4]]);
    await b.process.start();
    await untilApps([
      [a, 2],
      [b, 2],
    ]);
    // Each replica reports of its own apps only.
    expect(await count('mailprobe_app_info')).toBe(4);
    expireOn(daysFromNow(-1));
    const fault = { kind: 'unavailable-at-login' };
    for (const id of APPS.filter((app) => !EXPIRING.has(app)))
      await breakIn('PATCH', `/mailboxes/${id}-1@contoso.example`, { faults: { imap: fault, pop3: fault } });
    await untilFiring();
    const began = Date.now();
    const before = await alertsIn(`ALERTS{alertname=~"${WATCHED}", alertstate="firing"}`);
    expect(before).toHaveLength(FIRING.MailprobeMailboxDown + 4);

    await a.process.kill();
    await untilApps([[b, 4]]);
    await a.process.start();
    await untilApps([
      [a, 2],
      [b, 2],
    ]);
    await b.process.kill();
    await untilApps([[a, 4]]);
    await b.process.start();
    await untilApps([
      [a, 2],
      [b, 2],
    ]);
    expect((await a.process.end()).code).toBe(0);
    await untilApps([[b, 4]]);

    const window = `[${Math.floor((Date.now() - began) / 1000)}s]`;
    const always = `count_over_time(ALERTS{alertstate="firing"}${window}) == on () group_left () count_over_time(evaluations${window})`;
    expect(await alertsIn(always), 'alerts that fired all the time').toEqual(
      expect.arrayContaining([...before]),
    );
    const anew = await alertsIn(`changes(ALERTS_FOR_STATE${window}) > 0`);
    expect(
      anew.filter((alert) => before.includes(alert)),
      'alerts that began anew',
    ).toEqual([]);
    const absent = await alertsIn(
      `count_over_time(ALERTS{alertname="MailprobeAbsent", alertstate="firing"}${window})`,
    );
    expect(absent, 'that nobody watches').toEqual([]);

    expireOn(daysFromNow(150));
    await breakIn('POST', '/reset', {});
    await until(
      'every alert of a mailbox to resolve',
      async () => (await count(`ALERTS{alertname=~"${WATCHED}"}`)) === 0 || undefined,
      60_000,
    );
  });
});
