/**
 * What a line reader leaves on a socket. V8 keeps a closed socket until the next full garbage collection, so a listener
 * would keep the whole dialogue in memory as long.
 */
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/model/redactor.ts';
import { createLineReader } from '../../../src/probe/protocol/line-reader.ts';

const EVENTS = ['data', 'end', 'close', 'error'];

function listenersOf(socket: Socket): readonly number[] {
  return EVENTS.map((event) => socket.listenerCount(event));
}

test.each(['close', 'release'] as const)('after %s, no listener of the reader is left', (end) => {
  const socket = new Socket().on('error', () => undefined);
  const before = listenersOf(socket);
  const { signal } = new AbortController();
  const reader = createLineReader(socket, { signal, redactor: createRedactor(), sanitize: (line) => line });
  expect(listenersOf(socket)).not.toEqual(before);
  reader[end]();
  expect(listenersOf(socket)).toEqual(before);
});
