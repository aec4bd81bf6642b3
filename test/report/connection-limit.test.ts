import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limitConnections } from '../../src/report/http/connection-limit.ts';
import { portOf } from '../support/port-of.ts';

/** Kept when they are idle. As many again are the reserve. */
const MOST = 3;
let server: Server;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  server = createServer((_, response) => response.end('here'));
  limitConnections(server, 2 * MOST);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** Opens a connection, waits until the server has accepted it, and sends `text`. */
async function opened(text: string): Promise<Socket> {
  const accepted = once(server, 'connection');
  const socket = connect(portOf(server), '127.0.0.1').on('error', () => undefined);
  sockets.push(socket);
  await accepted;
  socket.write(text);
  return socket;
}

const status = async (): Promise<number> => (await fetch(`http://127.0.0.1:${portOf(server)}/livez`)).status;
const HALF = 'GET /livez HTTP/1.1\r\nhost: x\r\n';

describe('a server whose connections are limited', () => {
  test('answers a new client while requests that never end fill the limit', async () => {
    for (let n = 0; n < 3 * MOST; n += 1) {
      await opened(HALF);
      expect(await status()).toBe(200);
    }
  });

  test('closes the connection that has been idle longest', async () => {
    const used = await opened('');
    const idle = await opened(HALF);
    await opened(HALF);
    used.write(`${HALF}\r\n`);
    await once(used, 'data');
    const ended = once(idle, 'close');
    idle.resume();
    await opened(HALF);
    await ended;
    used.write(`${HALF}\r\n`);
    expect(String((await once(used, 'data'))[0])).toContain('here');
  });

  test('answers a request that comes in the midst of as many half requests as fit', async () => {
    for (let round = 0; round < 20; round += 1) {
      // In one turn, so that the server accepts them all before it reads any of them.
      const request = connect(portOf(server), '127.0.0.1', () =>
        request.write(`${HALF}connection: close\r\n\r\n`),
      );
      for (let n = 0; n < MOST; n += 1) {
        const half = connect(portOf(server), '127.0.0.1', () => half.write(HALF)).on(
          'error',
          () => undefined,
        );
        sockets.push(half);
      }
      expect(String((await once(request, 'data'))[0])).toContain('here');
      await once(request, 'close');
    }
  });

  test('does not count closed connections', async () => {
    const kept = await opened('');
    for (let n = 0; n < 3 * MOST; n += 1) {
      const accepted = once(server, 'connection');
      const socket = await Promise.all([opened(''), accepted]).then(([own]) => own);
      const [ours] = await accepted;
      const gone = once(ours, 'close');
      socket.destroy();
      await gone;
    }
    kept.write(`${HALF}\r\n`);
    expect(String((await once(kept, 'data'))[0])).toContain('here');
  });
});
