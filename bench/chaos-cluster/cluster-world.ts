/**
 * Starts three replicas, each in its own process and behind its own proxy to one PostgreSQL, and a tenant that records
 * which replica probes which mailbox. Used by `run-cluster.ts`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LeaseTimes } from '../../src/cluster/leases.ts';
import type { Database } from '../../src/model/database.ts';
import { createConnection } from '../../src/store/postgres/connection.ts';
import { createPostgresStore } from '../../src/store/postgres-store.ts';
import { startPostgres, type PostgresServer } from '../../test/support/postgres.ts';
import { forked } from '../chaos/forked.ts';
import { AUDIT } from './audit.ts';
import { createReplicaLog, type ReplicaLog } from './replica-log.ts';
import { createProxy, type Proxy } from './proxy.ts';
import type { Seen, TenantPorts, TenantRequest } from './tenant.ts';

export interface ClusterSize {
  readonly apps: number;
  readonly mailboxesPerApp: number;
  readonly interval: string;
  readonly timeout: string;
  /** If absent, `serve` runs with the lease times of the product. */
  readonly times?: LeaseTimes;
}

export interface ReplicaProcess {
  readonly name: string;
  readonly proxy: Proxy;
  readonly start: () => void;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Sends the signal. Resolves to the milliseconds until the process has ended. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<number>;
  readonly log: ReplicaLog;
}

export interface ClusterWorld {
  readonly server: PostgresServer;
  /** A connection to PostgreSQL that uses no proxy. */
  readonly database: Database;
  readonly replicas: readonly ReplicaProcess[];
  /** From now on, these mailboxes refuse every login, and all other mailboxes accept it. */
  readonly fail: (mailboxes: readonly string[]) => Promise<void>;
  readonly take: () => Promise<Seen>;
  readonly end: () => Promise<void>;
}

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const SHORT = join(import.meta.dirname, 'replica-process.ts');
const HOOK = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export const NAMES = ['a', 'b', 'c'] as const;

export function mailboxId(app: number, mailbox: number): string {
  return `app${app}.m${mailbox}`;
}

export function appOf(mailbox: string): string {
  return mailbox.split('.')[0] ?? '';
}

export async function createClusterWorld(size: ClusterSize): Promise<ClusterWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'mailprobe-cluster-'));
  const server = await startPostgres();
  const settings = server.createDatabase('chaos');
  const store = createPostgresStore({ database: settings, applicationName: 'chaos' });
  await store.open();
  await store.close();
  server.sql(AUDIT, 'chaos');
  server.sql('ALTER DATABASE chaos SET search_path = audit, pg_catalog, public', 'chaos');
  const database = createConnection({ database: settings, applicationName: 'chaos' }, 5_000);
  const tenant = forked(join(import.meta.dirname, 'tenant-process.ts'));
  const ask = async <T>(request: TenantRequest): Promise<T> => await tenant.ask<T>(request);
  const ports = await ask<TenantPorts>({ ask: 'ports' });
  const replicas: ReplicaProcess[] = [];
  for (const name of NAMES) {
    const proxy = await createProxy(() => server.port);
    const file = writeConfig(join(folder, name), name, size, ports, proxy.port);
    replicas.push(createReplica(name, file, proxy, size.times));
  }
  return {
    server,
    database,
    replicas,
    fail: async (mailboxes) => void (await ask({ ask: 'fail', mailboxes })),
    take: async () => await ask<Seen>({ ask: 'take' }),
    end: async () => {
      await Promise.all(replicas.map(async ({ end }) => await end('SIGKILL')));
      for (const { proxy } of replicas) proxy.close();
      await tenant.end();
      await database.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeConfig(
  folder: string,
  name: string,
  { apps, mailboxesPerApp, interval, timeout }: ClusterSize,
  { token, imap, pop3, hook, ca }: TenantPorts,
  database: number,
): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ca.pem'), ca);
  writeFileSync(join(folder, 'secret'), `replica-${name}-aSecretOfFortyCharacters0000000000`, {
    mode: 0o600,
  });
  const at = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
  const lines = [
    'listen: 127.0.0.1:0',
    `authority: https://127.0.0.1:${token}`,
    `imap: { host: 127.0.0.1, port: ${imap} }`,
    `pop3: { host: 127.0.0.1, port: ${pop3} }`,
    'tls: { ca_file: ca.pem }',
    `store: { url: "postgres://test@127.0.0.1:${database}/chaos?sslmode=disable" }`,
    `replica: { name: ${name} }`,
    `notify: [{ id: hook, type: webhook, url: "http://127.0.0.1:${hook}/", secret_env: HOOK }]`,
    'log: { level: debug }',
    `defaults: { interval: ${interval}, timeout: ${timeout} }`,
    'apps:',
    ...at(apps).map((app) => {
      const clientId = `66666666-7777-8888-9999-${app.toString(16).padStart(12, '0')}`;
      return `  - { id: app${app}, tenant: 11111111-2222-3333-4444-555555555555, client_id: ${clientId}, credential: { secret_file: secret } }`;
    }),
    'mailboxes:',
    ...at(apps).flatMap((app) =>
      at(mailboxesPerApp).map((mailbox) => {
        const id = mailboxId(app, mailbox);
        return `  - { id: ${id}, address: ${id}@contoso.example, app: app${app} }`;
      }),
    ),
  ];
  const file = join(folder, 'mailprobe.yaml');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

function createReplica(
  name: string,
  configFile: string,
  proxy: Proxy,
  times: LeaseTimes | undefined,
): ReplicaProcess {
  const args =
    times === undefined
      ? [MAIN, 'serve', '--config', configFile]
      : [SHORT, configFile, ...[times.leaseMs, times.renewMs, times.marginMs].map(String)];
  let child: ChildProcess | undefined;
  const log = createReplicaLog(name);
  return {
    name,
    proxy,
    log,
    start: () => {
      child = spawn(process.execPath, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, HOOK },
      });
      for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', log.reader());
    },
    signal: (signal) => void child?.kill(signal),
    end: async (signal) => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return 0;
      const began = performance.now();
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
      return Math.round(performance.now() - began);
    },
  };
}
