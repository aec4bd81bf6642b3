import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { cutSlowReaders } from '../../src/report/http/slow-readers.ts';
import { portOf } from '../support/port-of.ts';

const LIMITS = { deadlineMs: 100, mostUnreadBytes: Infinity, mostPipelined: 10, checkMs: 10 };
/** More than the buffers of two sockets hold. */
const LONG = Buffer.alloc(32 * 1024 * 1024, 'x');

/** Asks once over a connection that reads one byte at a time, forever. Resolves when the server has the request. */
async function ask(server: Server): Promise<ServerResponse> {
  const client = connect(portOf(server), '127.0.0.1', () =>
    client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'),
  );
  client.on('error', () => undefined).pause();
  const [, response]: readonly ServerResponse[] = await once(server, 'request');
  if (response === undefined) throw new Error('A request comes with its response.');
  const reading = setInterval(() => client.read(1), 1);
  onTestFinished(() => {
    clearInterval(reading);
    client.destroy();
  });
  clients.set(response, client);
  return response;
}
const clients = new WeakMap<ServerResponse, Socket>();

/** A server that answers with `answer`, asked once. */
async function drippingReader(answer: (response: ServerResponse) => void, limits = LIMITS) {
  const server = createServer((_, response) => answer(response));
  cutSlowReaders(server, limits);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const response = await ask(server);
  const client = clients.get(response);
  if (client === undefined) throw new Error('The request has a client.');
  return { server, response, client };
}

test('a reader that takes a byte now and then is cut off at the deadline', async () => {
  const { response } = await drippingReader((to) => void to.end(LONG));
  await once(response, 'close');
  expect(response.writableFinished).toBe(false);
});

test('so is the reader of a response that is written in parts', async () => {
  const { response } = await drippingReader((to) => {
    const write = (): void =>
      void (to.destroyed || (to.write(LONG) ? setImmediate(write) : to.once('drain', write)));
    write();
  });
  await once(response, 'close');
  expect(response.writableFinished).toBe(false);
});

test('a response that has not begun, and a stream of events, are left alone', async () => {
  const waiting = await drippingReader(() => undefined);
  const stream = await drippingReader((to) => {
    to.setHeader('content-type', 'text/event-stream');
    to.writeHead(200, { 'x-accel-buffering': 'no' });
    to.write(':\n\n');
  });
  const slow = await drippingReader((to) => void to.end(LONG));
  await once(slow.response, 'close');
  expect([waiting.response.destroyed, stream.response.destroyed]).toEqual([false, false]);
});

test('responses that nobody reads are cut off, the first ones first, where they hold too many bytes together', async () => {
  const limits = { ...LIMITS, deadlineMs: 60_000, mostUnreadBytes: 1.5 * LONG.length };
  const first = await drippingReader((to) => void to.end(LONG), limits);
  const second = await ask(first.server);
  await once(first.response, 'close');
  expect(second.destroyed).toBe(false);
});

test('a client that sends more requests than it takes answers is cut off', async () => {
  const { server, client } = await drippingReader(() => undefined);
  const gone = once(client, 'close');
  client.resume().write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(LIMITS.mostPipelined));
  await gone;
  expect(await new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0);
});
