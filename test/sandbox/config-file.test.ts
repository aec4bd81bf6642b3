import { mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { type CertificateAuthority, createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createDemoTenant } from '../../src/sandbox/demo-tenant.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import {
  addApplication,
  addMailbox,
  createTenant,
  registerCertificate,
} from '../../src/sandbox/tenant-builder.ts';
import { files } from '../support/files.ts';

let certificateAuthority: CertificateAuthority;
let directory: string;
const running: Sandbox[] = [];

beforeAll(async () => {
  certificateAuthority = await createCertificateAuthority('test');
  directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
});
afterAll(async () => {
  await Promise.all(running.map(async (sandbox) => await sandbox.close()));
  await rm(directory, { recursive: true });
});

async function start(tenant = createTenant()): Promise<Sandbox> {
  const sandbox = await createSandbox({ certificateAuthority, tenant });
  running.push(sandbox);
  return sandbox;
}

describe('the configuration of the demo', () => {
  test('is one that the daemon accepts, with every mailbox of the plan', async () => {
    const { tenant, plan } = createDemoTenant();
    const sandbox = await start(tenant);
    const file = await configFor(sandbox, join(directory, 'demo'), { plan, interval: '2s', timeout: '1s' });
    const loaded = await loadConfig(file, { env: {}, files });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
    const { apps, mailboxes, targets } = loaded.config;
    expect(apps.map(({ id }) => id)).toEqual(plan.apps.map(({ id }) => id));
    expect(mailboxes.map(({ id, app }) => [id, app])).toEqual(plan.watch.map(({ id, app }) => [id, app]));
    expect(targets).toHaveLength(plan.watch.length * 2);
    expect(targets[0]).toMatchObject({
      intervalMs: 2000,
      timeoutMs: 1000,
      endpoint: { ...sandbox.imap, tls: 'implicit' },
      app: { authority: sandbox.authority, graphEndpoint: sandbox.graphEndpoint, tenant: tenant.id },
      network: { ca: expect.stringContaining('BEGIN CERTIFICATE') },
    });
  });

  test('loads from a folder that was given by a relative path, and wherever that folder goes', async () => {
    const folder = join(directory, 'relative');
    const { tenant, plan } = createDemoTenant();
    const sandbox = await start(tenant);
    await configFor(sandbox, relative(process.cwd(), folder), { plan });
    await rename(folder, join(directory, 'moved'));
    const loaded = await loadConfig(join(directory, 'moved', 'mailprobe.yaml'), { env: {}, files });
    expect(loaded.ok ? [] : loaded.errors).toEqual([]);
  });

  test('is marked as simulated, and its secrets are readable by their owner only', async () => {
    const text = await readFile(join(directory, 'demo', 'mailprobe.yaml'), 'utf8');
    expect(text).toMatch(/^# SIMULATED/);
    expect(((await stat(join(directory, 'demo', 'plm.secret'))).mode & 0o777).toString(8)).toBe('600');
  });
});

test('without a plan every mailbox is watched by the application that may open it', async () => {
  const tenant = createTenant();
  const first = addApplication(tenant, { displayName: 'First App' });
  const second = addApplication(tenant, { displayName: 'Zweite (neu)', graph: true });
  addMailbox(tenant, 'a@contoso.example', [first.application.appId]);
  addMailbox(tenant, 'b@contoso.example', [second.application.appId]);
  addMailbox(tenant, 'c@contoso.example', []);
  const sandbox = await start(tenant);
  const loaded = await loadConfig(await configFor(sandbox, join(directory, 'derived'), { tls: 'starttls' }), {
    env: {},
    files,
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  expect(loaded.config.mailboxes.map(({ id, app }) => [id, app])).toEqual([
    ['a', 'first-app'],
    ['b', 'zweite-neu-2'],
    ['c', 'first-app'],
  ]);
  expect(loaded.config.apps.map(({ graph }) => graph)).toEqual([false, true]);
  expect(loaded.config.targets.map(({ endpoint }) => endpoint)).toContainEqual({
    ...sandbox.pop3StartTls,
    tls: 'starttls',
  });
});

test('certificates and federated tokens become files too', async () => {
  const tenant = createTenant();
  const { application } = addApplication(tenant, { displayName: 'Mail reader' });
  const issued = await certificateAuthority.issue({ commonName: 'app', names: [] });
  registerCertificate(application, issued.cert);
  addMailbox(tenant, 'a@contoso.example', [application.appId]);
  const sandbox = await start(tenant);
  const { appId } = application;
  const plan = {
    apps: [
      {
        id: 'by-certificate',
        appId,
        credential: { kind: 'certificate', certificate: issued.cert, privateKey: issued.key },
      },
      { id: 'by-token', appId, credential: { kind: 'federated-token', token: 'eyJ' } },
    ],
    watch: [{ id: 'a', address: 'a@contoso.example', app: 'by-certificate', protocols: ['imap'] }],
  } as const;
  const loaded = await loadConfig(await configFor(sandbox, join(directory, 'kinds'), { plan }), {
    env: {},
    files,
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  expect(loaded.config.apps.map(({ credential }) => credential.kind)).toEqual([
    'certificate',
    'federated-token',
  ]);
  expect(loaded.config.targets).toHaveLength(1);
});
