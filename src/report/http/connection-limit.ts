/**
 * Bounds how many connections there are, by ending the one that has asked for nothing for the longest time: whoever
 * fills the limit with requests that never end shuts nobody out, an orchestrator's `/livez` least of all. Used by
 * `node-server.ts`.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export function limitConnections(server: Server, most: number): void {
  /** By the peer, because TLS has two sockets for one connection. The one that was idle longest comes first. */
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
