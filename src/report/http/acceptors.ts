/**
 * Several listening sockets for the one port. Node.js accepts one connection per socket and turn of the event loop: behind
 * a single socket the last of 500 connections that come at once waits for 500 turns, and the kernel drops what comes after
 * them. The daemon listens with what `sharedListen` returns; `http-server.ts` opens and closes the further sockets.
 */
import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export interface Acceptors {
  /** Once the server listens. */
  readonly open: () => Promise<void>;
  readonly close: () => void;
}

/** More would let a flood of connections take turns from the probes. */
const MOST = 8;
/** Each takes a file descriptor. */
const CONNECTIONS_PER_ACCEPTOR = 64;
/** Over all of them, that the kernel keeps until they are accepted: more would wait longer. */
const MOST_WAITING = 768;
const CAN_SHARE = process.platform === 'linux';

/**
 * With `reusePort`, a second process of the same user could listen on the port as well, and would get a part of the
 * connections. Rejects where the port is in use, as listening without it does.
 */
export async function sharedListen(
  listen: ListenAddress,
  mostConnections: number,
): Promise<ListenAddress & { readonly reusePort: boolean; readonly backlog: number }> {
  if (CAN_SHARE && listen.port !== 0) {
    const server = createServer().listen(listen);
    await once(server, 'listening');
    await once(server.close(), 'close');
  }
  return {
    ...listen,
    reusePort: CAN_SHARE,
    backlog: Math.floor(MOST_WAITING / acceptorsFor(mostConnections)),
  };
}

/** `mostConnections`: at once, over all of them. */
export function createAcceptors(server: HttpServer, mostConnections: number): Acceptors {
  const others: Server[] = [];
  return {
    open: async () => {
      const address = server.address();
      if (address === null || typeof address === 'string') return;
      const count = acceptorsFor(mostConnections);
      while (others.length < count - 1) others.push(acceptor(server, mostConnections));
      const listening = others.map(async (other) => {
        const { address: host, port } = address;
        other.listen({ host, port, reusePort: true, backlog: Math.floor(MOST_WAITING / count) });
        await once(other, 'listening');
      });
      // Those that cannot listen leave their part to the others.
      await Promise.allSettled(listening);
    },
    close: () => {
      for (const other of others.splice(0)) other.close();
    },
  };
}

function acceptorsFor(mostConnections: number): number {
  if (!CAN_SHARE) return 1;
  return Math.min(MOST, Math.max(1, Math.floor(mostConnections / CONNECTIONS_PER_ACCEPTOR)));
}

function acceptor(server: HttpServer, mostConnections: number): Server {
  // As `node:http` creates its own: a client may end its side before it has its answer.
  const other = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    server.emit('connection', socket),
  );
  other.maxConnections = mostConnections;
  return other.on('error', () => undefined);
}
