import { execFile } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { freePortRun, freePorts } from './support/free-ports.ts';
import { WAIT_MS } from './support/limits.ts';

const FILE = join(import.meta.dirname, 'support/free-ports.ts');

/** What another process gets that begins to search at the same port. */
async function freePortsElsewhere(pid: number, count: number): Promise<readonly number[]> {
  const script = `Object.defineProperty(process, 'pid', { value: ${pid} });
    const { freePorts } = await import(${JSON.stringify(FILE)});
    console.log(JSON.stringify(await freePorts(${count})));`;
  const args = ['--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: WAIT_MS });
  const ports: readonly number[] = JSON.parse(stdout);
  return ports;
}

test('a port is given once, though nobody listens on it, and to no other process', async () => {
  const ports = await freePorts(8);
  expect(new Set([...ports, ...(await freePorts(8))]).size).toBe(16);
  const elsewhere = await freePortsElsewhere(process.pid, 32);
  expect(elsewhere.filter((port) => ports.includes(port))).toEqual([]);
});

test('a port is outside of the range from which the system gives ports', async () => {
  const [port = 0] = await freePorts(1);
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  expect(typeof address === 'object' ? address?.port : 0).toBeGreaterThan(port);
});

test('a port on which somebody listens is passed over', async () => {
  const taken = await takeNext();
  const [other = 0] = await freePorts(1);
  expect(taken).not.toContain(other);
});

test('ports in a row are all reserved', async () => {
  const first = await freePortRun(3);
  const elsewhere = await freePortsElsewhere(process.pid, 32);
  expect(elsewhere.filter((port) => port >= first && port < first + 3)).toEqual([]);
});

/** Takes the two ports that would be given next: one by listening, one by UDP. Other processes may hold some: goes on. */
async function takeNext(): Promise<readonly number[]> {
  for (;;) {
    const [port = 0] = await freePorts(1);
    const reservation = await bound(port + 1);
    const socket = await bound(port + 2);
    const server = createServer().listen(port + 1, '127.0.0.1');
    onTestFinished(() => {
      server.close();
      socket?.close();
    });
    const listens = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    // It only kept other processes from the port, until somebody listens there.
    reservation?.close();
    if (reservation !== undefined && socket !== undefined && listens) return [port + 1, port + 2];
  }
}

async function bound(port: number): Promise<Socket | undefined> {
  const socket = createSocket('udp4').unref();
  const binding = once(socket, 'listening').then(
    () => socket,
    () => undefined,
  );
  socket.bind({ port, address: '127.0.0.1', exclusive: true });
  return await binding;
}
