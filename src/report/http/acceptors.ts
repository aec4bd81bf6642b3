/**
 * Opens several listening sockets on the same port. Node.js accepts one connection per socket in each turn of the event
 * loop. With a single socket, the last of 500 connections that arrive together waits for 500 turns. The kernel drops
 * connections if the queue of the socket is full.
 * The daemon opens the first socket with the options that `sharedListen` returns. `http-server.ts` opens the others.
 */
import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

export interface Acceptors {
  /** Opens the other sockets. Called once the server listens. */
  readonly open: () => Promise<void>;
  readonly close: () => void;
}

/** The most sockets. With more, a flood of connections would delay the probes. */
const MOST = 8;
/** The number of connections for which one socket is opened. Each socket takes a file descriptor. */
const CONNECTIONS_PER_ACCEPTOR = 64;
/**
 * The most connections that wait in the kernel until they are accepted, over all sockets. If more could wait, they
 * would only wait longer.
 */
const MOST_WAITING = 768;
const CAN_SHARE = process.platform === 'linux';

/**
 * Returns the options to listen with. Rejects if the port is in use. Without this check, `reusePort` would let a second
 * process of the same user listen on the same port and get some of the connections.
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

/** `mostConnections` is the most connections at once, over all sockets. */
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
      // If a socket cannot listen, the other sockets accept its connections.
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
  // These are the options of `node:http`. With `allowHalfOpen`, a client may end its side before it gets the response.
  const other = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    server.emit('connection', socket),
  );
  other.maxConnections = mostConnections;
  return other.on('error', () => undefined);
}
