/** The script of `helm test`, as the pod runs it: `node -e SCRIPT` with READY_URL. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { portOf } from '../support/port-of.ts';

const SCRIPT = readFileSync(join(import.meta.dirname, '../../helm/files/test-ready.js'), 'utf8');

let server: Server;
let url = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    response.statusCode = request.url === '/ready' ? 200 : 503;
    response.end('{"status":"so"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${portOf(server)}`;
});

afterAll(() => {
  server.close();
});

async function run(readyUrl: string): Promise<{ readonly exitCode: unknown; readonly output: string }> {
  const child = spawn(process.execPath, ['-e', SCRIPT], { env: { READY_URL: readyUrl } });
  const [output, errors, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { exitCode, output: output + errors };
}

test('passes when the daemon is ready', async () => {
  const { exitCode, output } = await run(`${url}/ready`);
  expect(output).toContain('/ready: 200 {"status":"so"}');
  expect(exitCode).toBe(0);
});

test('fails if the daemon is not ready, and prints the response', async () => {
  const { exitCode, output } = await run(`${url}/starting`);
  expect(output).toContain('/starting: 503 {"status":"so"}');
  expect(exitCode).toBe(1);
});

test('fails if nothing answers, and prints that', async () => {
  // Port 1 of the loopback: nobody listens there.
  const { exitCode, output } = await run('http://127.0.0.1:1/ready');
  expect(output).toMatch(/127\.0\.0\.1:1\/ready: (connect ECONNREFUSED|bad port)/);
  expect(exitCode).toBe(1);
});
