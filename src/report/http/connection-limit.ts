/**
 * Limits the number of connections by closing the one that has been idle longest. A client that fills the limit with
 * requests that never end therefore locks nobody out, least of all an orchestrator's `/livez`. Used by `node-server.ts`.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export function limitConnections(server: Server, most: number): void {
  /** Keyed by peer, because TLS has two sockets per connection. The longest idle comes first. */
  const open = new Map<string, Socket>();

  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    open.set(peer, socket);
    socket.once('close', () => {
      if (open.get(peer) === socket) open.delete(peer);
    });
    if (open.size <= most) return;
    const [longest] = open.keys();
    if (longest === undefined) return;
    open.get(longest)?.destroy();
    open.delete(longest);
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
