/**
 * Limits the number of connections. It closes those on which no request has arrived for the longest time. So a client
 * that opens many connections and sends no complete request cannot lock out others, such as an orchestrator that
 * requests `/livez`.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps at most half of `most` connections open. The other half is a reserve for bursts: new connections are accepted
 * and read once before older ones are closed.
 */
export function limitConnections(server: Server, most: number): void {
  /**
   * The open connections. The one without a request for the longest time comes first. Key: the address of the peer,
   * which the two sockets of a TLS connection have in common.
   */
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
    // `maxConnections` limits each listening socket. This line limits all of them together.
    if (open.size >= most) return void socket.destroy();
    const peer = peerOf(socket);
    open.set(peer, socket);
    socket.once('close', () => {
      if (open.get(peer) === socket) open.delete(peer);
    });
    if (open.size <= mostKept || isClosing) return;
    isClosing = true;
    // Between two turns of `setImmediate`, Node reads the data that has arrived. So a request that arrived together
    // with its connection is seen before connections are closed.
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
