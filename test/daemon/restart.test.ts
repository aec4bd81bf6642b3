import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { z } from 'zod';
import { incidentListSchema } from '../../src/report/resource/incident.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createDemoTenant } from '../../src/sandbox/demo-tenant.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { freePorts } from '../support/free-ports.ts';
import { until } from '../support/until.ts';

/** A process, killed while mailboxes are down: what it knew outlives it. */
const MAIN = join(import.meta.dirname, '../support/replica-main.ts');

type IncidentJson = z.infer<typeof incidentListSchema>['incidents'][number];

interface World {
  readonly sandbox: Sandbox;
  readonly folder: string;
  readonly configFile: string;
  readonly url: string;
}

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function createWorld(): Promise<World> {
  const { tenant, plan } = createDemoTenant();
  const sandbox = await createSandbox({ tenant, failureDelayMs: 5 });
  ends.push(async () => await sandbox.close());
  const folder = await mkdtemp(join(tmpdir(), 'mailprobe-restart-'));
  ends.push(async () => await rm(folder, { recursive: true, force: true }));
  const [port = 0] = await freePorts(1);
  const configFile = await configFor(sandbox, folder, {
    plan,
    listen: `127.0.0.1:${port}`,
    // The process gives its probes more time.
    interval: '2s',
    timeout: '1900ms',
  });
  return { sandbox, folder, configFile, url: `http://127.0.0.1:${port}` };
}

async function serve({ configFile, url }: World): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN, configFile], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  ends.push(() => child.kill('SIGKILL'));
  await until('the daemon to listen', async () =>
    (await fetch(`${url}/livez`).catch(() => undefined))?.ok === true ? true : undefined,
  );
  return child;
}

async function openIncidents({ url }: World): Promise<readonly IncidentJson[]> {
  const answer = await fetch(`${url}/api/v1/incidents?state=open&limit=200`);
  return incidentListSchema.parse(await answer.json()).incidents;
}

/** What is wrong with the tenant of the demo: the cause, and the mailboxes. */
const WRONG = [
  'app-permission-missing: invoices',
  'end-date-unknown: careers training',
  'end-date-unknown: helpdesk returns support',
  'end-date-unknown: invoices',
  'exchange-sp-not-registered: careers training',
  'mailbox-permission-missing: returns',
  'mailbox-permission-missing: sales',
  'protocol-disabled-on-mailbox: lab',
  'secret-expired: billing suppliers',
  'secret-expiring: archive',
  'secret-invalid: complaints',
  'surplus-permissions: archive',
  'surplus-permissions: changes lab purchasing qms-inbox sales',
];

/** Every mailbox was probed, and what is wrong is in an incident that is on disk. */
async function settled(world: World): Promise<readonly IncidentJson[]> {
  return await until('an incident of each thing that is wrong', async () => {
    const open = await openIncidents(world);
    const wrong = open.map(({ cause, affected_mailboxes }) =>
      [`${cause}:`, ...affected_mailboxes.map(({ id }) => id).sort()].join(' '),
    );
    return wrong.sort().join() === WRONG.join() ? open : undefined;
  });
}

test('kill -9 while mailboxes are down: incidents, their beginnings and acknowledgements come back', async () => {
  const world = await createWorld();
  const first = await serve(world);
  const before = await settled(world);
  const [chosen] = before;
  const acknowledged = await fetch(`${world.url}/api/v1/incidents/${chosen?.id}/acknowledgement`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ by: 'kim', note: 'on it' }),
  });
  expect(acknowledged.status).toBe(200);
  first.kill('SIGKILL');
  await once(first, 'exit');

  const second = await serve(world);
  const after = await settled(world);
  const shown = (incidents: readonly IncidentJson[]): readonly string[] =>
    incidents.map(({ id, cause, opened }) => `${id} ${cause} ${opened}`).sort();
  expect(shown(after)).toEqual(shown(before));
  expect(after.find(({ id }) => id === chosen?.id)?.acknowledgement?.by).toBe('kim');
  second.kill('SIGTERM');
  expect(await once(second, 'exit')).toEqual([0, null]);
});

test('no secret and no token is in any file of the store', async () => {
  const world = await createWorld();
  const child = await serve(world);
  await settled(world);
  child.kill('SIGTERM');
  await once(child, 'exit');
  const names = (await readdir(world.folder)).filter((name) => name.startsWith('mailprobe.db'));
  expect(names).toContain('mailprobe.db');
  const secrets = await Promise.all(
    (await readdir(world.folder))
      .filter((name) => name.endsWith('.secret'))
      .map(async (name) => (await readFile(join(world.folder, name), 'utf8')).trim()),
  );
  for (const name of names) {
    const bytes = await readFile(join(world.folder, name), 'latin1');
    expect(bytes).not.toMatch(/eyJ[\w-]{8,}\./);
    for (const secret of secrets) expect(bytes).not.toContain(secret);
  }
});
