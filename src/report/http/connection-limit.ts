/**
 * Limits the number of connections by closing those on which no request arrived for longest. So a client that opens
 * many connections, on which requests never end, cannot lock out others, such as an orchestrator that requests
 * `/livez`. Used by `node-server.ts`.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps at most half of `most` connections. The other half is a reserve: connections that arrive in a burst are
 * accepted and read once, before others are closed for them.
 */
export function limitConnections(server: Server, most: number): void {
  /** Keyed by peer, because TLS has two sockets per connection. The connection that is idle for longest comes first. */
  const open = new Map<string, Socket>();
  const mostKept = Math.max(1, Math.floor(most / 2));
  let isClosing = false;
  server.maxConnections = most;

  const closeLongestIdle = (): void => {
    isClosing = false;
    for (const [peer, socket] of open) {
      if (open.size <= mostKept) return;
      open.delete(peer);
      socket.destroy();
    }
  };

  server.on('connection', (socket: Socket) => {
    // `maxConnections` counts the connections of one listening socket. This counts those of all.
    if (open.size >= most) return void socket.destroy();
    const peer = peerOf(socket);
    open.set(peer, socket);
    socket.once('close', () => {
      if (open.get(peer) === socket) open.delete(peer);
    });
    if (open.size <= mostKept || isClosing) return;
    isClosing = true;
    // Between two turns of `setImmediate`, Node reads data that has arrived. So a request that arrived with its
    // connection counts.
    setImmediate(() => setImmediate(closeLongestIdle));
  });

  server.on('request', (request) => {
    const peer = peerOf(request.socket);
    const socket = open.get(peer);
    if (socket === undefined) return;
    open.delete(peer);
    open.set(peer, socket);
  });
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
