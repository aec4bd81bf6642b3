/**
 * A proxy between one replica and the database. When it is cut silently, open connections hang, as on a broken network.
 */
import { connect, createServer, type Socket } from 'node:net';
import { portOf } from '../../test/support/port-of.ts';

type Cut = 'silent' | 'deaf' | 'reset';

export interface Proxy {
  readonly port: number;
  /**
   * `silent`: nothing is forwarded, and connections stay open. `deaf`: requests are forwarded, and answers are not, as if
   * the client stood still. `reset`: connections are reset.
   */
  readonly cut: (how: Cut) => void;
  readonly restore: () => void;
  readonly close: () => void;
}

export async function createProxy(to: () => number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const databases = new Set<Socket>();
  let state: 'open' | Cut = 'open';
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (state === 'silent') return;
    if (state === 'reset') return void client.resetAndDestroy();
    const database = keep(connect(to(), '127.0.0.1'));
    databases.add(database);
    database.on('close', () => databases.delete(database));
    client.pipe(database);
    if (state === 'open') database.pipe(client);
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
      for (const socket of how === 'deaf' ? databases : sockets) {
        if (how === 'reset') socket.resetAndDestroy();
        else socket.unpipe().pause();
      }
    },
    restore: () => {
      state = 'open';
      // A connection that was cut does not continue.
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
