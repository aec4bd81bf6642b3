/** Ports that are free at this moment, for servers that cannot choose one themselves. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { portOf } from './port-of.ts';

export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map(async (server) => await once(server, 'listening')));
  const ports = servers.map(portOf);
  await Promise.all(servers.map(async (server) => await once(server.close(), 'close')));
  return ports;
}
