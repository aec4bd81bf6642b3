/**
 * A real PostgreSQL on loopback, in a folder of its own. It refuses to run as root: then `nobody` owns it. One server for
 * a test file; a database of its own for each test.
 */
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { IssuedCertificate } from '../../src/sandbox/certificates.ts';
import type { DatabaseSettings } from '../../src/model/database.ts';
import { freePorts } from './free-ports.ts';
import { until } from './until.ts';
import { WAIT_MS } from './limits.ts';

export interface PostgresServer {
  readonly port: number;
  /** Creates an empty database. Its owner is the superuser `test`, who needs no password. */
  readonly createDatabase: (name: string) => DatabaseSettings;
  /** It blocks this process until the answer is there: not for a test whose daemons or leases run in this process. */
  readonly sql: (text: string, database?: string) => string;
  /** As `sql`, while this process goes on. */
  readonly query: (text: string, database?: string) => Promise<string>;
  /** CPU of the server with all of its processes, in milliseconds. Linux only. */
  readonly cpuMs: () => number;
  /** As after a power cut. */
  readonly crash: () => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface PostgresOptions {
  readonly certificate?: IssuedCertificate;
  /** Lines of pg_hba.conf that come first. */
  readonly access?: readonly string[];
}

const execute = promisify(execFile);
const IS_ROOT = process.getuid?.() === 0;
const OWNER = IS_ROOT ? { uid: 65_534, gid: 65_534 } : {};

/** Where Debian puts them, the newest version first. */
export function postgresBinaries(): string | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((one) => join(root, one, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
}

export async function startPostgres({
  certificate,
  access = [],
}: PostgresOptions = {}): Promise<PostgresServer> {
  const bin = postgresBinaries();
  if (bin === undefined) throw new Error('PostgreSQL is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'mpg-'));
  if (IS_ROOT) chownSync(folder, 65_534, 65_534);
  const data = join(folder, 'data');
  // It also limits programs that block this process, and with it the limit of the test.
  const options = { ...OWNER, encoding: 'utf8', timeout: WAIT_MS } as const;
  const run = (program: string, args: readonly string[]): string =>
    execFileSync(join(bin, program), args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  run('initdb', ['-D', data, '-U', 'test', '-E', 'UTF8', '--locale=C', '-A', 'trust', '--no-sync']);
  const own = (name: string, text: string): string => {
    const file = join(data, name);
    writeFileSync(file, text, { mode: 0o600 });
    if (IS_ROOT) chownSync(file, 65_534, 65_534);
    return file;
  };
  const trusted = ['local all test trust', 'host all test 127.0.0.0/8 trust'];
  own('pg_hba.conf', `${[...access, ...trusted].join('\n')}\n`);
  const [port = 0] = await freePorts(1);
  const tls =
    certificate === undefined
      ? []
      : [
          'ssl=on',
          `ssl_cert_file=${own('server.pem', certificate.cert)}`,
          `ssl_key_file=${own('server.key', certificate.key)}`,
        ];
  const settings = [
    'listen_addresses=127.0.0.1,127.0.0.2',
    `port=${port}`,
    `unix_socket_directories=${folder}`,
    'fsync=off',
    'shared_buffers=16MB',
    'max_connections=60',
    'timezone=UTC',
    ...tls,
  ];
  let server: ChildProcess | undefined;
  const argumentsOf = (text: string, database = 'postgres'): readonly string[] => [
    `--host=${folder}`,
    `--port=${port}`,
    '--username=test',
    `--dbname=${database}`,
    '--set=ON_ERROR_STOP=1',
    '-Atqc',
    text,
  ];
  const sql: PostgresServer['sql'] = (...of) => run('psql', argumentsOf(...of)).trim();
  const query: PostgresServer['query'] = async (...of) =>
    (await execute(join(bin, 'psql'), argumentsOf(...of), options)).stdout.trim();
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const last = server;
    server = undefined;
    if (last === undefined || last.exitCode !== null || last.signalCode !== null) return;
    last.kill(signal);
    await once(last, 'exit');
  };
  const start = async (): Promise<void> => {
    server = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((one) => ['-c', one])], {
      ...OWNER,
      stdio: 'ignore',
    });
    await until(
      'PostgreSQL to accept connections',
      async () => await isReady(port, async () => await query('SELECT 1')),
    );
  };
  await start();
  return {
    port,
    createDatabase: (name) => {
      sql(`CREATE DATABASE "${name}"`);
      return { hosts: [{ host: '127.0.0.1', port }], user: 'test', database: name, tls: 'none' };
    },
    sql,
    query,
    cpuMs: () => (server?.pid === undefined ? 0 : cpuMsOf(server.pid)),
    crash: async () => await end('SIGQUIT'),
    stop: async () => await end('SIGINT'),
    start,
    close: async () => {
      await end('SIGQUIT');
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

/** A tick of the kernel's clock. */
const TICK_MS = 10;

/** Of the process, of those that it has waited for, and of those that live. */
function cpuMsOf(parent: number): number {
  const ticks = readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    const [ppid, ...own] = statOf(pid);
    if (Number(pid) === parent) return own.reduce((sum, one) => sum + one, 0);
    return ppid === parent ? (own[0] ?? 0) + (own[1] ?? 0) : [];
  });
  return ticks.reduce((sum, one) => sum + one, 0) * TICK_MS;
}

/** The parent, and ticks: user, system, and both of the children that have ended. Nothing of a process that has just ended. */
function statOf(pid: string): readonly number[] {
  try {
    const text = readFileSync(join('/proc', pid, 'stat'), 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return [fields[1], ...fields.slice(11, 15)].map(Number);
  } catch {
    return [];
  }
}

async function isReady(port: number, ask: () => Promise<unknown>): Promise<true | undefined> {
  const socket = connect({ host: '127.0.0.1', port });
  const accepted = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  if (!accepted) return undefined;
  try {
    await ask();
    return true;
  } catch {
    return undefined;
  }
}
