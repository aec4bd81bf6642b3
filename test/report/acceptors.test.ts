import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { afterEach, describe, expect, test } from 'vitest';
import { sharedListen } from '../../src/report/http/acceptors.ts';
import { freePorts } from '../support/free-ports.ts';
import { portOf } from '../support/port-of.ts';
import { aServer, aSource } from './fleet.ts';

const HOST = '127.0.0.1';
const AT_ONCE = 500;
const MOST_CONNECTIONS = 1000;
let open: Socket[] = [];
let servers: { readonly close: () => unknown }[] = [];

afterEach(async () => {
  for (const socket of open) socket.destroy();
  for (const server of servers) await server.close();
  open = [];
  servers = [];
});

async function listening(mostConnections: number, port = 0) {
  const server = await aServer(aSource(), { mostConnections });
  servers.push(server);
  await server.listen(await sharedListen({ host: HOST, port }, mostConnections));
  return server.server;
}

function opened(port: number, text: string): Socket {
  const socket = connect(port, HOST, () => socket.write(text)).on('error', () => undefined);
  open.push(socket);
  return socket;
}

/** Turns of the event loop between a burst of connections and the answer of a `/livez` that came after them all. */
async function turnsUntilAlive(port: number): Promise<number> {
  for (let n = 0; n < AT_ONCE; n += 1) opened(port, 'GET /metrics HTTP/1.1\r\nhost: x\r\n');
  const began = performance.nodeTiming.uvMetricsInfo.loopCount;
  const [answer] = await once(opened(port, 'GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n'), 'data');
  expect(String(answer)).toContain('200 OK');
  return performance.nodeTiming.uvMetricsInfo.loopCount - began;
}

describe('the listening sockets of the HTTP port', () => {
  test.runIf(process.platform === 'linux')(
    'accept a burst of 500 connections in few turns of the event loop',
    async () => {
      expect(await turnsUntilAlive(portOf(await listening(MOST_CONNECTIONS)))).toBeLessThan(AT_ONCE / 4);
    },
  );

  test('are one where there are few descriptors: then each connection takes a turn', async () => {
    expect(await turnsUntilAlive(portOf(await listening(63)))).toBeGreaterThanOrEqual(AT_ONCE);
  });

  test('are not shared with another process that listens on the port', async () => {
    const port = portOf(await listening(MOST_CONNECTIONS));
    await expect(sharedListen({ host: HOST, port }, MOST_CONNECTIONS)).rejects.toThrow('EADDRINUSE');
    const other = createServer().listen({ host: HOST, port });
    await expect(once(other, 'listening')).rejects.toThrow('EADDRINUSE');
  });

  test('are all closed with the server, so that the next one can have the port', async () => {
    const [port = 0] = await freePorts(1);
    const server = await aServer(aSource(), { mostConnections: MOST_CONNECTIONS });
    await server.listen(await sharedListen({ host: HOST, port }, MOST_CONNECTIONS));
    await server.close();
    await expect(once(connect(port, HOST), 'connect')).rejects.toThrow('ECONNREFUSED');
    expect(portOf(await listening(MOST_CONNECTIONS, port))).toBe(port);
  });

  test('never hold more connections than the limit, over all of them', async () => {
    const server = await listening(128);
    let most = 0;
    let held = 0;
    server.on('connection', (socket: Socket) => {
      if (socket.destroyed) return;
      held += 1;
      most = Math.max(most, held);
      socket.once('close', () => (held -= 1));
    });
    await turnsUntilAlive(portOf(server)).catch(() => undefined);
    expect(most).toBeLessThanOrEqual(128);
    expect(most).toBeGreaterThan(0);
  });
});
