/** What of a fault outlives the daemon? The same store under one daemon after the other, watching a simulated tenant. */
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { formatErrors } from '../../src/config/config-error.ts';
import { createDaemon, type Daemon } from '../../src/daemon.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { openStore } from '../../src/open-store.ts';
import { createLogger } from '../../src/report/log.ts';
import { incidentListSchema } from '../../src/report/resource/incident.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { workspace } from '../config/workspace.ts';
import { files } from '../support/files.ts';
import { until } from '../support/until.ts';

async function start(configFile: string): Promise<Daemon> {
  const loaded = await loadConfig(configFile, { env: {}, files });
  if (!loaded.ok) throw new Error(formatErrors(loaded.errors));
  const redactor = createRedactor();
  const edges = {
    configFile,
    env: {},
    files,
    redactor,
    logger: createLogger({ level: 'silent', pretty: false, redactor }),
  };
  return await createDaemon(loaded.config, { ...edges, opened: await openStore(loaded.config, edges) });
}

async function incidents(daemon: Daemon) {
  const answer = await fetch(`${daemon.url}/api/v1/incidents`);
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

test('states, incidents and acknowledgements are as before, and nothing is opened again', async () => {
  const sandbox = await createSandbox({ failureDelayMs: 5 });
  onTestFinished(async () => await sandbox.close());
  const folder = await workspace({});
  const configFile = await configFor(sandbox, folder, {
    listen: '127.0.0.1:0',
    interval: '2s',
    timeout: '1s',
  });
  const scenario = { method: 'POST', body: '{}' };
  expect((await fetch(`${sandbox.control}/scenario/mail-host-refused`, scenario)).ok).toBe(true);

  const first = await start(configFile);
  const isDown = ({ confirmed }: { readonly confirmed: string }): boolean => confirmed === 'down';
  await until('every mailbox to be down', () => first.snapshot().targets.every(isDown) || undefined);
  await until('both ports to have an incident', async () =>
    (await incidents(first)).filter(({ cause }) => cause === 'tcp-blocked').length === 2 ? true : undefined,
  );
  const hit = (await incidents(first)).find(({ cause }) => cause === 'tcp-blocked');
  const note = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ by: 'Ada', note: 'The firewall team knows.' }),
  };
  const url = `${first.url}/api/v1/incidents/${hit?.id}/acknowledgement`;
  expect((await fetch(url, note)).status).toBe(200);
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
  const opened = (list: typeof after) =>
    list
      .filter(({ cause }) => cause === 'tcp-blocked')
      .map(({ id, opened: at, acknowledgement }) => [id, at, acknowledgement?.by]);
  expect(opened(after)).toEqual(opened(before.incidents));
});
