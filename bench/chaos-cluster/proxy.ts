/** Between one replica and the database: forwards, until it is cut. What was open then hangs, as on a cut line. */
import { connect, createServer, type Socket } from 'node:net';
import { portOf } from '../../test/support/port-of.ts';

export interface Proxy {
  readonly port: number;
  /** `silent`: nothing goes through and nobody is told. Otherwise connections are reset. */
  readonly cut: (how: 'silent' | 'reset') => void;
  readonly restore: () => void;
  readonly close: () => void;
}

export async function createProxy(to: () => number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let state: 'open' | 'silent' | 'reset' = 'open';
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (state === 'silent') return;
    if (state === 'reset') return void client.resetAndDestroy();
    const database = keep(connect(to(), '127.0.0.1'));
    client.pipe(database).pipe(client);
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const)
      one.on('close', () => other.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server),
    cut: (how) => {
      state = how;
      for (const socket of sockets) {
        if (how === 'reset') socket.resetAndDestroy();
        else socket.unpipe().pause();
      }
    },
    restore: () => {
      state = 'open';
      // A line that was cut does not come back to life.
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
