import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { cutSlowReaders } from '../../src/report/http/reader-deadline.ts';
import { portOf } from '../support/port-of.ts';

const LIMITS = { deadlineMs: 100, checkMs: 10 };
/** More than the buffers of two sockets hold. */
const LONG = Buffer.alloc(32 * 1024 * 1024, 'x');

/** A server that answers with `answer`, asked once over a connection that reads one byte at a time, forever. */
async function drippingReader(answer: (response: ServerResponse) => void): Promise<{
  readonly client: Socket;
  readonly response: ServerResponse;
  readonly port: number;
}> {
  const server = createServer((_, response) => answer(response));
  cutSlowReaders(server, LIMITS);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(portOf(server), '127.0.0.1', () =>
    client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'),
  );
  client.on('error', () => undefined).pause();
  const [, response]: readonly ServerResponse[] = await once(server, 'request');
  if (response === undefined) throw new Error('A request comes with its response.');
  const reading = setInterval(() => client.read(1), 1);
  onTestFinished(async () => {
    clearInterval(reading);
    client.destroy();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { client, response, port: portOf(server) };
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
