/**
 * Ports for servers that cannot choose a free one themselves. Nobody takes such a port before its server listens: it is
 * outside the range from which the system gives ports to `listen(0)` and to connections, and no other process that asks
 * here gets it, because the UDP port of the same number stays bound until this process ends.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

const HOST = '127.0.0.1';
/** Linux gives 32768 and above to connections. Other systems begin higher. */
const FIRST = 20_000;
const LAST = 32_000;
/** Each process begins elsewhere, so that few ports are tried. */
let next = FIRST + ((process.pid * 64) % (LAST - FIRST));

export async function freePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}

async function freePort(): Promise<number> {
  for (let tried = FIRST; tried < LAST; tried += 1) {
    const port = next;
    next = next + 1 < LAST ? next + 1 : FIRST;
    const reservation = await reserve(port);
    if (reservation === undefined) continue;
    if (await isFree(port)) return port;
    reservation.close();
  }
  throw new Error(`no port from ${FIRST} to ${LAST} is free`);
}

/** The reservation ends with this process, and does not keep it alive. */
async function reserve(port: number): Promise<Socket | undefined> {
  const socket = createSocket('udp4').unref();
  const bound = once(socket, 'listening').then(
    () => socket,
    () => undefined,
  );
  socket.bind({ port, address: HOST, exclusive: true });
  return await bound;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = once(server, 'listening').then(
    () => true,
    () => false,
  );
  server.listen(port, HOST);
  if (!(await listening)) return false;
  await once(server.close(), 'close');
  return true;
}
