/**
 * Starts two `serve` processes on one PostgreSQL, a simulated tenant, a webhook that records what it receives, and a
 * real Prometheus with the shipped rules. Used by `run-alerts.ts`.
 */
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { configFor } from '../../src/sandbox/config-file.ts';
import type { DemoPlan } from '../../src/sandbox/plan.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { addApplication, addMailbox, createTenant, daysFromNow } from '../../src/sandbox/tenant-builder.ts';
import { ALERTS_FILE } from '../../test/alerts/rules.ts';
import { freePorts } from '../../test/support/free-ports.ts';
import { portOf } from '../../test/support/port-of.ts';
import { startPostgres, type PostgresServer } from '../../test/support/postgres.ts';
import { startPrometheus, type Prometheus } from '../../test/support/prometheus.ts';
import { createDaemonProcess, type DaemonProcess } from '../chaos/daemon-process.ts';

export interface Message {
  /** The header `webhook-id`, which is the same at each attempt to send a message. */
  readonly id: string;
  readonly type: string;
  readonly incident: string | undefined;
}

export interface PairReplica {
  readonly name: string;
  readonly url: string;
  readonly process: DaemonProcess;
}

export interface PairWorld {
  readonly sandbox: Sandbox;
  readonly prometheus: Prometheus;
  readonly replicas: readonly [PairReplica, PairReplica];
  readonly messages: readonly Message[];
  readonly sql: PostgresServer['sql'];
  readonly end: () => Promise<void>;
}

export const APPS = ['app1', 'app2', 'app3', 'app4', 'app5', 'app6'] as const;
const MAILBOXES = 3;
const SCRAPE = '30s';

export async function createPairWorld(interval: string): Promise<PairWorld> {
  process.env['HOOK'] = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const folder = await mkdtemp(join(tmpdir(), 'mailprobe-alerts-'));
  const { tenant, plan } = fleet();
  const sandbox = await createSandbox({ tenant, failureDelayMs: 5 });
  const server = await startPostgres();
  server.createDatabase('alerts');
  const messages: Message[] = [];
  const hook = createServer((request, response) => void takeMessage(request, response, messages));
  await new Promise<void>((resolve) => void hook.listen(0, '127.0.0.1', resolve));
  const ports = await freePorts(2);
  const replica = async (name: string, port: number | undefined): Promise<PairReplica> => {
    const listen = `127.0.0.1:${port}`;
    const file = await configFor(sandbox, join(folder, name), { plan, listen, interval, timeout: '10s' });
    const lines = [
      `store: { url: "postgres://test@127.0.0.1:${server.port}/alerts?sslmode=disable" }`,
      `replica: { name: ${name} }`,
      `notify: [{ id: hook, type: webhook, url: "http://127.0.0.1:${portOf(hook)}/", secret_env: HOOK }]`,
    ];
    await appendFile(file, `${lines.join('\n')}\n`);
    const url = `http://${listen}`;
    return { name, url, process: createDaemonProcess(file, url) };
  };
  const replicas = [await replica('a', ports[0]), await replica('b', ports[1])] as const;
  const prometheus = await startPrometheus({
    global: { scrape_interval: SCRAPE, evaluation_interval: SCRAPE },
    rule_files: [ALERTS_FILE],
    scrape_configs: [
      {
        job_name: 'mailprobe',
        static_configs: [{ targets: replicas.map(({ url }) => new URL(url).host) }],
      },
    ],
  });
  return {
    sandbox,
    prometheus,
    replicas,
    messages,
    sql: server.sql,
    end: async () => {
      await Promise.all(replicas.map(async ({ process: one }) => await one.kill()));
      await prometheus.close();
      hook.close();
      await server.close();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function fleet(): { readonly tenant: ReturnType<typeof createTenant>; readonly plan: DemoPlan } {
  const tenant = createTenant();
  const made = APPS.map((id) => {
    const { application, secret } = addApplication(tenant, { displayName: id });
    const addresses = Array.from({ length: MAILBOXES }, (_, at) => `${id}-${at + 1}@contoso.example`);
    for (const address of addresses) addMailbox(tenant, address, [application.appId]);
    const credential = { kind: 'secret', value: secret.value } as const;
    return {
      app: { id, appId: application.appId, credential, expiresAt: daysFromNow(150) },
      watch: addresses.map((address) => ({ id: address.split('@')[0] ?? '', address, app: id })),
    };
  });
  return {
    tenant,
    plan: { apps: made.map(({ app }) => app), watch: made.flatMap(({ watch }) => watch) },
  };
}

interface HookBody {
  readonly type: string;
  readonly data?: { readonly incident?: { readonly id: string } };
}

async function takeMessage(
  request: IncomingMessage,
  response: ServerResponse,
  messages: Message[],
): Promise<void> {
  const { type, data }: HookBody = JSON.parse(await text(request));
  messages.push({ id: String(request.headers['webhook-id']), type, incident: data?.incident?.id });
  response.end();
}
