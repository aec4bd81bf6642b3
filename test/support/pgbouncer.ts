/** A real PgBouncer on loopback that pools by transaction, before a PostgreSQL of `postgres.ts`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REAL_SERVERS } from './provision.ts';
import { freePorts } from './free-ports.ts';
import { until } from './until.ts';

export interface PgBouncer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

export async function startPgBouncer(postgresPort: number): Promise<PgBouncer> {
  const folder = mkdtempSync(join(tmpdir(), 'mpb-'));
  const [port = 0] = await freePorts(1);
  const users = join(folder, 'users.txt');
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(users, '"test" ""\n');
  writeFileSync(
    file,
    [
      '[databases]',
      `* = host=127.0.0.1 port=${postgresPort}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = trust',
      `auth_file = ${users}`,
      'pool_mode = transaction',
      // Fewer than its clients have, so that they do share.
      'default_pool_size = 2',
      '',
    ].join('\n'),
  );
  const isRoot = process.getuid?.() === 0;
  if (isRoot) for (const path of [folder, users, file]) chownSync(path, 65_534, 65_534);
  const child = spawn(REAL_SERVERS.pgbouncer.file, [file], {
    stdio: 'ignore',
    ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}),
  });
  await until('PgBouncer to accept connections', async () => {
    const socket = connect({ host: '127.0.0.1', port });
    const accepted = await once(socket, 'connect').then(
      () => true as const,
      () => undefined,
    );
    socket.destroy();
    return accepted;
  });
  return {
    port,
    close: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
