import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { freePorts } from './support/free-ports.ts';
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
  const [port = 0] = await freePorts(1);
  const taken = [port + 1, port + 2];
  const server = createServer().listen(taken[0], '127.0.0.1');
  const socket = createSocket('udp4').bind(taken[1], '127.0.0.1');
  onTestFinished(() => {
    server.close();
    socket.close();
  });
  await Promise.all([once(server, 'listening'), once(socket, 'listening')]);
  const [other = 0] = await freePorts(1);
  expect(taken).not.toContain(other);
});
