/**
 * Reserves a port for a server that may stop listening for a while, or that cannot choose a free port itself. Nobody
 * else gets the port meanwhile: it is outside the range from which the system gives ports to `listen(0)` and to
 * outgoing connections, and the UDP port of the same number stays bound, which other processes that call this function
 * see. Called by `listener.ts` and by tests.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

export interface ReservedPort {
  readonly port: number;
  /** If this is not called, the reservation ends with the process. It does not keep the process alive. */
  readonly release: () => void;
}

const HOST = '127.0.0.1';
/** Linux gives ports from 32768 to connections. Other systems begin higher. */
const FIRST = 20_000;
const LAST = 32_000;
/** Each process begins elsewhere, so that few ports are tried. */
let next = FIRST + ((process.pid * 64) % (LAST - FIRST));

/** Rejects if no port is free. */
export async function reservePort(): Promise<ReservedPort> {
  for (let tried = FIRST; tried < LAST; tried += 1) {
    const port = next;
    next = next + 1 < LAST ? next + 1 : FIRST;
    const reservation = await reserve(port);
    if (reservation === undefined) continue;
    if (await isFree(port)) return { port, release: () => void reservation.close() };
    reservation.close();
  }
  throw new Error(`expected a free port from ${FIRST} to ${LAST}, but all are in use`);
}

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
