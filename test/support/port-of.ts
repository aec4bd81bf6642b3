/** The TCP port that a server of ours listens on. */
import type { Server } from 'node:net';

export function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('expected a server that listens on TCP');
  return address.port;
}
