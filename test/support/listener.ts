/**
 * A server on a free loopback port whose whole behavior is one function of a connection: plain or TLS. Errors of
 * its connections are swallowed (its clients are rude on purpose), and closing it ends every connection.
 */
import { once } from 'node:events';
import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';

export interface Listener {
  readonly host: string;
  readonly port: number;
  /** Connections so far, TLS handshakes that failed not counted on a TLS listener. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

export interface ListenerOptions {
  readonly host?: string;
  readonly tls?: TlsOptions;
  /** Lines of the TLS key log of each connection, before `serve`. */
  readonly onKeyLog?: (line: string, socket: TLSSocket) => void;
}

/**
 * Without `serve` a connection is accepted, read, and left in silence. On a TLS listener `raw` is the TCP below the
 * TLS: the one that can be reset.
 */
export async function listen(
  serve: (socket: Socket, raw: Socket) => void = () => undefined,
  { host = '127.0.0.1', tls, onKeyLog }: ListenerOptions = {},
): Promise<Listener> {
  const open = new Set<Socket>();
  const raws = new Map<number | undefined, Socket>();
  let connections = 0;
  const accept = (socket: Socket): void => {
    connections += 1;
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    serve(socket, raws.get(socket.remotePort) ?? socket);
    // Read on, or the other side's close would go unnoticed.
    if (socket.listenerCount('readable') === 0) socket.resume();
  };
  const server: Server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    raws.set(socket.remotePort, socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  if (onKeyLog !== undefined)
    server.on('keylog', (line: Buffer, socket: TLSSocket) => onKeyLog(line.toString('latin1'), socket));
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  return {
    host,
    port: address.port,
    connections: () => connections,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** For a URL: IPv6 in brackets. */
export function hostOf({ host, port }: Listener): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
