/**
 * A listening port of the sandbox with the faults of its network: refused, silent or reset connections, and plain text
 * or a wrong certificate where TLS is expected. Passes other connections to the front end, which handles everything
 * above TLS.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { Duplex } from 'node:stream';
import { reservePort } from './reserve-port.ts';

export interface Connection {
  readonly socket: Duplex;
  /** Upgrades a plain-text connection, for STARTTLS and STLS. */
  readonly startTls: () => Promise<Duplex>;
  /** Aborted when the connection is gone. */
  readonly signal: AbortSignal;
}

export interface ListenerOptions {
  readonly host: string;
  /** 0 for any free port, which nobody else gets while the fault is `refuse`. */
  readonly port: number;
  readonly tls: 'implicit' | 'on-demand' | 'none';
  /** Returns the present fault. Called at every connection. */
  readonly fault: () => string;
  readonly secureContext: (fault: string) => Promise<SecureContext>;
  readonly serve: (connection: Connection) => void;
}

export interface Listener {
  readonly port: number;
  /**
   * Call this when the fault may have changed. Stops listening while the fault is `refuse`, and listens again
   * afterwards.
   */
  readonly reconcile: () => void;
  readonly close: () => Promise<void>;
}

const MOST_RETRIES = 100;
const RETRY_MS = 20;

export async function createListener(options: ListenerOptions): Promise<Listener> {
  const sockets = new Set<Socket>();
  const open = (): Server =>
    createServer({ noDelay: true }, (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      accept(socket, options).catch(() => socket.destroy());
    });
  let server = open();
  const reserved = options.port === 0 ? await reservePort() : undefined;
  const port = reserved?.port ?? options.port;
  await listen(server, options.host, port);
  let listening = true;
  let retry: NodeJS.Timeout | undefined;

  /**
   * Listens on the same port again. Tries for two seconds, because an outgoing connection may use a port that was not
   * reserved for a short time.
   */
  const reopen = (attempt: number): void => {
    server = open();
    server.on('error', () => {
      if (attempt < MOST_RETRIES) retry = setTimeout(reopen, RETRY_MS, attempt + 1);
    });
    server.listen({ host: options.host, port });
  };

  return {
    port,
    reconcile: () => {
      // Creates the certificate ahead of time, so that the first connection does not wait for a key pair. If this
      // fails, that connection reports the failure.
      if (options.tls !== 'none') options.secureContext(options.fault()).catch(() => undefined);
      const wanted = options.fault() !== 'refuse';
      if (wanted === listening) return;
      listening = wanted;
      clearTimeout(retry);
      if (wanted) reopen(0);
      else server.close();
    },
    close: async () => {
      clearTimeout(retry);
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      for (const socket of sockets) socket.destroy();
      await closed;
      reserved?.release();
    },
  };
}

async function accept(socket: Socket, options: ListenerOptions): Promise<void> {
  const fault = options.fault();
  if (fault === 'hang') {
    // Reads and discards input, because otherwise the end of the connection would not be noticed.
    socket.resume();
    return;
  }
  if (fault === 'reset') {
    // If the client sends first, the reset comes after its first bytes, as from a device that inspects the traffic.
    if (options.tls === 'implicit') socket.once('data', () => socket.resetAndDestroy());
    else socket.resetAndDestroy();
    return;
  }
  if (fault === 'plaintext' && options.tls === 'implicit') {
    socket.resume();
    socket.end('HTTP/1.1 400 Bad Request\r\nServer: simulated by mailprobe\r\n\r\n');
    return;
  }
  const gone = new AbortController();
  socket.on('close', () => {
    gone.abort();
  });
  const startTls = async (): Promise<Duplex> => {
    const secureContext = await options.secureContext(fault);
    const secured = new TLSSocket(socket, { isServer: true, secureContext });
    secured.on('error', () => socket.destroy());
    secured.on('close', () => socket.destroy());
    // Nothing can be sent to a client that leaves before the handshake is done.
    const onEnd = (): void => void socket.destroy();
    secured.once('end', onEnd).once('secure', () => secured.off('end', onEnd));
    return secured;
  };
  const connection = { socket, startTls, signal: gone.signal };
  options.serve(
    options.tls === 'implicit'
      ? { ...connection, socket: await startTls(), startTls: refuseUpgrade }
      : connection,
  );
}

async function refuseUpgrade(): Promise<never> {
  await Promise.resolve();
  throw new Error('the connection is secured already');
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
