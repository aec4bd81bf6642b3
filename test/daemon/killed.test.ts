/**
 * The daemon as a process of its own, killed by SIGKILL while mailboxes come and go: what was open stays open, under
 * its id, from the first answer on, and nothing is opened a second time.
 */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createDaemonProcess } from '../../bench/chaos/daemon-process.ts';
import { incidentListSchema } from '../../src/report/resource/incident.ts';
import { mailboxDetailSchema } from '../../src/report/resource/mailbox.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { addApplication, addMailbox, createTenant } from '../../src/sandbox/tenant-builder.ts';
import type { Tenant } from '../../src/sandbox/tenant.ts';
import { workspace } from '../config/workspace.ts';
import { freePorts } from '../support/free-ports.ts';
import { until } from '../support/until.ts';

const MAIN = join(import.meta.dirname, '../support/replica-main.ts');
/** Each fails otherwise from one round to the next. */
const FAULTS = ['drop-at-login', 'unavailable-at-login', 'session-closed'] as const;
const KILLS = 2;

function aTenant(): Tenant {
  const tenant = createTenant();
  for (const app of ['plm', 'erp']) {
    const { application } = addApplication(tenant, { displayName: app });
    for (const at of [1, 2, 3]) addMailbox(tenant, `${app}-${at}@contoso.example`, [application.appId]);
  }
  return tenant;
}

test('what was open before a kill is open after it, and nothing else', async () => {
  const tenant = aTenant();
  const addresses = tenant.mailboxes.map(({ address }) => address);
  const sandbox = await createSandbox({ tenant, failureDelayMs: 5 });
  onTestFinished(async () => await sandbox.close());
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const options = { listen: `127.0.0.1:${port}`, interval: '8s', timeout: '7s' };
  const configFile = await configFor(sandbox, await workspace({}), options);
  const daemon = createDaemonProcess(configFile, url, { command: [MAIN, configFile] });
  onTestFinished(async () => await daemon.kill());

  const get = async (path: string): Promise<unknown> => await (await fetch(`${url}${path}`)).json();
  const outages = async (query = '') =>
    incidentListSchema
      .parse(await get(`/api/v1/incidents${query}`))
      .incidents.filter(({ advisory, scope }) => !advisory && scope !== 'prober');
  const mailbox = async (address: string) =>
    mailboxDetailSchema.parse(await get(`/api/v1/mailboxes/${address.split('@')[0]}`));
  const breakIn = async (address: string, round: number): Promise<void> => {
    const fault = (at: number) => ({ kind: FAULTS[(round + at) % FAULTS.length] });
    const body = JSON.stringify({ faults: { imap: fault(0), pop3: fault(1) } });
    const answer = await fetch(`${sandbox.control}/mailboxes/${address}`, { method: 'PATCH', body });
    expect(answer.status).toBe(200);
  };
  const broken = addresses.filter((_, at) => at % 2 === 0);
  const areDown = async (): Promise<true | undefined> => {
    const states = await Promise.all(broken.map(mailbox));
    const all = states.flatMap(({ protocols }) => Object.values(protocols));
    return all.every((one) => one?.up === false) || undefined;
  };

  await daemon.start();
  await Promise.all(broken.map(async (address) => await breakIn(address, 0)));
  await until('the mailboxes to be down', areDown);
  await until('an incident of each', async () => {
    const hit = new Set((await outages('?state=open')).flatMap((one) => one.affected_mailboxes));
    return hit.size >= broken.length || undefined;
  });
  const [first] = await outages('?state=open');
  const acknowledged = await fetch(`${url}/api/v1/incidents/${first?.id}/acknowledgement`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ by: 'Ada', note: 'Known.' }),
  });
  expect(acknowledged.status).toBe(200);

  const identity = (list: Awaited<ReturnType<typeof outages>>) =>
    list.map(({ id, opened, acknowledgement }) => `${id} ${opened} ${acknowledgement?.by}`).toSorted();
  const opened = identity(await outages('?state=open'));
  for (let kill = 1; kill <= KILLS; kill += 1) {
    // The fault of each changes while it is killed: the causes do, too.
    await Promise.all(broken.map(async (address) => await breakIn(address, kill)));
    await daemon.kill();
    await daemon.start();
    expect(identity(await outages('?state=open')), `after kill ${kill}`).toEqual(opened);
    const restartedAt = Date.now();
    await until('each to be probed again', async () => {
      const states = await Promise.all(broken.map(mailbox));
      const all = states.flatMap(({ protocols }) => Object.values(protocols));
      return all.every((one) => Date.parse(one?.last_run ?? '') > restartedAt) || undefined;
    });
    expect(identity(await outages('?state=open')), `probed after kill ${kill}`).toEqual(opened);
  }
  expect(identity(await outages())).toEqual(opened);
});
