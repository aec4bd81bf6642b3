import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { notify } from '../../src/commands/notify.ts';
import { configText, ENV, workspace } from '../config/workspace.ts';
import { files } from '../support/files.ts';

const KEY = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

async function receiver(
  status: number,
): Promise<{ readonly url: string; readonly bodies: readonly string[] }> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(status).end('thanks');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP port');
  return { url: `http://127.0.0.1:${address.port}/hook`, bodies };
}

async function run(args: readonly string[], top: string) {
  const folder = await workspace({ 'mailprobe.yaml': configText(top), hook: KEY });
  let stdout = '';
  let stderr = '';
  const code = await notify([...args, '--config', join(folder, 'mailprobe.yaml')], {
    stdin: Readable.from([]),
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: ENV,
    files,
    signal: new AbortController().signal,
  });
  return { code, stdout, stderr: stderr.replaceAll(folder, '') };
}

const channel = (id: string, url: string): string =>
  `  - { id: ${id}, type: webhook, url: "${url}", secret_file: hook }\n`;

test('sends a test that says it is one, and prints the answer of the other side', async () => {
  const { url, bodies } = await receiver(200);
  const result = await run(['test'], `notify:\n${channel('ops', url)}`);
  expect(result).toEqual({ code: 0, stdout: 'ops (webhook): accepted, HTTP 200: thanks\n', stderr: '' });
  expect(JSON.parse(bodies[0] ?? '')).toMatchObject({
    type: 'test',
    data: { title: 'Test: mailprobe reaches the channel ops', incident: null },
  });
});

test('a channel that does not accept it makes the exit code 2, and the others are sent', async () => {
  const good = await receiver(204);
  const bad = await receiver(500);
  const result = await run(['test'], `notify:\n${channel('bad', bad.url)}${channel('good', good.url)}`);
  expect(result).toMatchObject({
    code: 2,
    stdout: 'bad (webhook): not accepted, HTTP 500: thanks\ngood (webhook): accepted, HTTP 204\n',
  });
});

test('only the named channel is tried', async () => {
  const one = await receiver(200);
  const other = await receiver(200);
  await run(['test', 'other'], `notify:\n${channel('one', one.url)}${channel('other', other.url)}`);
  expect([one.bodies.length, other.bodies.length]).toEqual([0, 1]);
});

test('without a channel nothing is sent, and that is said', async () => {
  const { code, stderr } = await run(['test'], '');
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr: '/mailprobe.yaml names no channel under notify: nothing was sent.\n',
  });
});

test('a name that is near is suggested', async () => {
  await expect(run(['test', 'osp'], `notify:\n${channel('ops', 'http://127.0.0.1:9/')}`)).rejects.toThrow(
    'there is no channel "osp". Did you mean "ops"?',
  );
});
