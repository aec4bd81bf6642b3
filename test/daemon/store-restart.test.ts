/** What of a fault outlives the daemon? The same store under one daemon after the other, watching a simulated tenant. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { formatErrors } from '../../src/config/config-error.ts';
import { createDaemon, type Daemon } from '../../src/daemon.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { type OpenedStore, openStore } from '../../src/open-store.ts';
import { createLogger } from '../../src/report/log.ts';
import { incidentListSchema } from '../../src/report/resource/incident.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { StoreError } from '../../src/model/store-error.ts';
import { NO_CHANGES } from '../../src/model/memory.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { createSqliteStore } from '../../src/store/sqlite-store.ts';
import { workspace } from '../config/workspace.ts';
import { files } from '../support/files.ts';
import { createPatientLoader } from '../support/patient.ts';
import { until } from '../support/until.ts';

async function start(configFile: string, given?: OpenedStore): Promise<Daemon> {
  const loader = createPatientLoader({ configFile, env: {}, files });
  const loaded = await loader.load();
  if (!loaded.ok) throw new Error(formatErrors(loaded.errors));
  const redactor = createRedactor();
  const edges = {
    configFile,
    env: {},
    files,
    loader,
    redactor,
    logger: createLogger({ level: 'silent', redactor }),
  };
  const opened = given ?? (await openStore(loaded.config, edges));
  return await createDaemon(loaded.config, { ...edges, opened });
}

async function incidents(daemon: Daemon, query = '') {
  const answer = await fetch(`${daemon.url}/api/v1/incidents${query}`);
  return incidentListSchema.parse(await answer.json()).incidents;
}

const states = (daemon: Daemon) =>
  daemon
    .snapshot()
    .targets.map(({ target, confirmed, confirmedSince }) => [
      target.mailbox.id,
      target.protocol,
      confirmed,
      confirmedSince,
    ]);

async function aFailingTenant(): Promise<{ readonly sandbox: Sandbox; readonly configFile: string }> {
  const sandbox = await createSandbox({ failureDelayMs: 5 });
  onTestFinished(async () => await sandbox.close());
  const folder = await workspace({});
  const options = { listen: '127.0.0.1:0', interval: '2s', timeout: '1900ms' };
  const configFile = await configFor(sandbox, folder, options);
  const scenario = { method: 'POST', body: '{}' };
  expect((await fetch(`${sandbox.control}/scenario/mail-host-refused`, scenario)).ok).toBe(true);
  return { sandbox, configFile };
}

/** Every mailbox is down, and each port has an incident, of which one is acknowledged. */
async function untilAcknowledged(daemon: Daemon): Promise<void> {
  const isDown = ({ confirmed }: { readonly confirmed: string }): boolean => confirmed === 'down';
  await until('every mailbox to be down', () => daemon.snapshot().targets.every(isDown) || undefined);
  const blocked = async () => (await incidents(daemon)).filter(({ cause }) => cause === 'tcp-blocked');
  await until('both ports to have an incident', async () =>
    (await blocked()).length === 2 ? true : undefined,
  );
  const [hit] = await blocked();
  const url = `${daemon.url}/api/v1/incidents/${hit?.id}/acknowledgement`;
  const body = JSON.stringify({ by: 'Ada', note: 'The firewall team knows.' });
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
}

const outages = (list: Awaited<ReturnType<typeof incidents>>) =>
  list
    .filter(({ cause }) => cause === 'tcp-blocked')
    .map(({ id, opened, acknowledgement }) => [id, opened, acknowledgement?.by]);

test('states, incidents and acknowledgements are as before, and nothing is opened again', async () => {
  const { configFile } = await aFailingTenant();
  const first = await start(configFile);
  await untilAcknowledged(first);
  const before = {
    states: states(first),
    incidents: await incidents(first),
    probes: first.snapshot().targets.map(({ probesTotal }) => probesTotal),
  };
  await first.close();

  const second = await start(configFile);
  onTestFinished(async () => await second.close());
  expect(states(second)).toEqual(before.states);
  const metrics = await (await fetch(`${second.url}/metrics`)).text();
  expect(metrics).toContain('mailprobe_store_up 1');
  const probes = before.probes;
  await until(
    'every mailbox to be probed again',
    () =>
      second.snapshot().targets.every(({ probesTotal }, at) => probesTotal > (probes[at] ?? 0) + 1) ||
      undefined,
  );
  const after = await incidents(second);
  expect(outages(after)).toEqual(outages(before.incidents));
});

test('what could not be read at the start is read and merged once the store is back', async () => {
  const { configFile } = await aFailingTenant();
  const store = createMemoryStore();
  const nothing = (): undefined => undefined;
  const first = await start(configFile, { store, takeMemories: nothing, onBegunAnew: nothing });
  await untilAcknowledged(first);
  const before = { states: states(first), incidents: await incidents(first) };
  await first.close();

  let locked = true;
  const refuseWhileLocked = (): void => {
    if (locked) throw new StoreError('locked', 'the store is locked by another process');
  };
  const second = await start(configFile, {
    store: {
      ...store,
      save: async (changes) => {
        refuseWhileLocked();
        await store.save(changes);
      },
    },
    loadLater: async () => {
      refuseWhileLocked();
      return await store.load(0);
    },
    takeMemories: nothing,
    onBegunAnew: nothing,
  });
  onTestFinished(async () => await second.close());
  // Meanwhile it knows nothing of them: it finds the same fault once more, as of now.
  await until('the same outages to be found anew', async () => {
    const found = outages(await incidents(second, '?state=open'));
    return found.length === 2 ? true : undefined;
  });
  expect((await fetch(`${second.url}/api/v1/incidents`)).status).toBe(503);
  expect(states(second)).not.toEqual(before.states);

  const counted = async (): Promise<readonly string[]> => {
    const metrics = await (await fetch(`${second.url}/metrics`)).text();
    return metrics.split('\n').filter((line) => /^mailprobe_incidents_total\{.*tcp-blocked/.test(line));
  };
  expect(await counted()).toEqual([]);

  locked = false;
  await until('the store to be back', async () => {
    const metrics = await (await fetch(`${second.url}/metrics`)).text();
    return metrics.includes('mailprobe_store_up 1') || undefined;
  });
  expect(states(second)).toEqual(before.states);
  await until('another round of probes', () => {
    const { targets } = second.snapshot();
    return targets.every(({ probesTotal }) => probesTotal > 6) || undefined;
  });
  expect(outages(await incidents(second))).toEqual(outages(before.incidents));
  expect(outages(await incidents(second, '?state=open'))).toEqual(outages(before.incidents));
  // The process before this one has counted them.
  expect(await counted()).toEqual([]);
});

test('a file that a newer mailprobe has made its own stays as it is: the daemon goes on from memory, and says so', async () => {
  const { configFile } = await aFailingTenant();
  const file = join(dirname(configFile), 'mailprobe.db');
  const newer = createSqliteStore({ file });
  await newer.save(NO_CHANGES);
  await newer.close();
  const sql = new DatabaseSync(file);
  sql.exec("UPDATE meta SET value = 1000 WHERE name IN ('version', 'compatible_from')");
  sql.close();
  const before = await readFile(file);

  const daemon = await start(configFile);
  onTestFinished(async () => await daemon.close());
  const get = async (path: string): Promise<string> => await (await fetch(`${daemon.url}${path}`)).text();
  await until(
    'every mailbox to be down',
    () => daemon.snapshot().targets.every(({ confirmed }) => confirmed === 'down') || undefined,
  );
  expect(await get('/metrics')).toContain('mailprobe_store_up 0');
  const problem = daemon.snapshot().problems.find(({ cause }) => cause === 'store-unavailable');
  expect(problem).toMatchObject({ scope: 'prober', causeDetail: 'newer-schema' });
  expect(problem?.title).toContain('a later version of mailprobe has written');
  await until('the outage to be an incident, in memory', async () => {
    const { problems } = daemon.snapshot();
    return problems.some(({ cause }) => cause === 'tcp-blocked') || undefined;
  });
  expect(await readFile(file)).toEqual(before);
});
