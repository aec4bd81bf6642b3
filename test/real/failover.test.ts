/**
 * A real Prometheus with the shipped rules scrapes two real replicas on a real PostgreSQL, which are killed in turn. An
 * alert that fires goes on firing until the mailbox opens again.
 */
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDaemonProcess, type DaemonProcess } from '../../bench/chaos/daemon-process.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { daysFromNow } from '../../src/sandbox/tenant-builder.ts';
import {
  addressOf,
  createAlertedFleet,
  startAlertingPrometheus,
  type AlertedFleet,
} from '../support/alerted-fleet.ts';
import { freePorts } from '../support/free-ports.ts';
import { postgresBinaries, startPostgres, type PostgresServer } from '../support/postgres.ts';
import type { Prometheus } from '../support/prometheus.ts';
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

interface Replica {
  readonly name: string;
  readonly url: string;
  readonly process: DaemonProcess;
}

describe.skipIf(!isInstalled('prometheus') || postgresBinaries() === undefined)('two replicas', () => {
  let database: PostgresServer;
  let fleet: AlertedFleet;
  let prometheus: Prometheus;
  let directory: string;
  let a: Replica;
  let b: Replica;

  beforeAll(async () => {
    fleet = await createAlertedFleet(
      APPS.map((id) => ({ id, mailboxes: [1, 2].map((at) => `${id}-${at}`) })),
    );
    const { sandbox, plan } = fleet;
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
    prometheus = await startAlertingPrometheus([a, b].map(({ url }) => new URL(url).host));
  });

  afterAll(async () => {
    await Promise.all([a.process.kill(), b.process.kill()]);
    await prometheus.close();
    await database.close();
    await fleet.sandbox.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** As Prometheus has scraped it. */
  const untilApps = async (wanted: readonly (readonly [Replica, number])[]): Promise<void> => {
    const what = wanted.map(([{ name }, apps]) => `${name} to have ${apps} apps`).join(', ');
    await until(what, async () => {
      const samples = await prometheus.query('mailprobe_replica_apps');
      const apps = new Map(samples.map(({ metric, value }) => [metric['instance'], Number(value[1])]));
      return wanted.every(([{ url }, count]) => apps.get(new URL(url).host) === count) || undefined;
    });
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
      );
    }
  };
  const breakIn = async (method: string, path: string, body: object): Promise<void> => {
    const answer = await fetch(`${fleet.sandbox.control}${path}`, { method, body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
  };

  test('whatever is killed, no alert resolves, and none waits anew', { timeout: 300_000 }, async () => {
    await a.process.start();
    await untilApps([[a, 4]]);
    await b.process.start();
    await untilApps([
      [a, 2],
      [b, 2],
    ]);
    await until('each app to be reported by one replica', async () =>
      (await count('mailprobe_app_info')) === APPS.length ? true : undefined,
    );
    fleet.expireOn(daysFromNow(-1), EXPIRING);
    const fault = { kind: 'unavailable-at-login' };
    for (const id of APPS.filter((app) => !EXPIRING.has(app)))
      await breakIn('PATCH', `/mailboxes/${addressOf(`${id}-1`)}`, { faults: { imap: fault, pop3: fault } });
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

    fleet.expireOn(daysFromNow(150), EXPIRING);
    await breakIn('POST', '/reset', {});
    await until(
      'every alert of a mailbox to resolve',
      async () => (await count(`ALERTS{alertname=~"${WATCHED}"}`)) === 0 || undefined,
    );
  });
});
