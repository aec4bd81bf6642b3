import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  existsSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { describeStartError } from '../../src/commands/serve.ts';
import { putFifo } from '../support/fifo.ts';
import { freePorts } from '../support/free-ports.ts';
import { portOf } from '../support/port-of.ts';
import { until } from '../support/until.ts';
import { configText, workspace } from '../config/workspace.ts';

/** `serve` as the process that it is; its one mailbox is at a port where nobody listens. */
const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'src/main.ts');
const NOWHERE =
  'authority: https://127.0.0.1:1\nimap: { host: 127.0.0.1, port: 1 }\npop3: { host: 127.0.0.1, port: 1 }';

interface Served {
  readonly child: ChildProcess;
  readonly url: string;
}

async function serve(
  stdout: number | 'pipe',
  settings = '',
  { detached = false, nodeOptions = '' } = {},
): Promise<Served> {
  const [port = 0] = await freePorts(1);
  const folder = await workspace({
    'mailprobe.yaml': configText(`listen: 127.0.0.1:${port}\nlog: { level: debug }\n${settings}${NOWHERE}`),
  });
  const child = spawn(process.execPath, [MAIN, 'serve', '--config', join(folder, 'mailprobe.yaml')], {
    stdio: ['ignore', stdout, detached ? 'pipe' : 'inherit'],
    detached,
    env: { ...process.env, PLM_SECRET: 'present', NODE_OPTIONS: nodeOptions },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, url: `http://127.0.0.1:${port}` };
}

/** Each request leaves a line in the log, or would. */
async function status(url: string): Promise<number | undefined> {
  return await fetch(`${url}/livez`).then(
    (response) => response.status,
    () => undefined,
  );
}

test.skipIf(!existsSync('/dev/full'))('a disk that is full ends the log, and not the watching', async () => {
  const full = openSync('/dev/full', 'w');
  const { child, url } = await serve(full);
  closeSync(full);
  await until('an answer', async () => await status(url));
  expect(await status(url)).toBe(200);
  expect(await status(url)).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test.each<[string, Error, string]>([
  [
    'a port that is taken',
    Object.assign(new Error('x'), { code: 'EADDRINUSE', syscall: 'listen' }),
    'Cannot listen on 127.0.0.1:80: another process already listens there',
  ],
  [
    'a name that has no address',
    Object.assign(new Error('x'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }),
    'Cannot listen on 127.0.0.1:80 (ENOTFOUND).',
  ],
  [
    'a file of the program that is missing',
    Object.assign(new Error('x'), {
      code: 'ENOENT',
      syscall: 'open',
      path: '/opt/mailprobe/docs/diagnoses.md',
    }),
    'mailprobe cannot start: /opt/mailprobe/docs/diagnoses.md cannot be read (ENOENT).',
  ],
  ['anything else', new Error('not passed on'), 'mailprobe cannot start: it failed (unknown reason).'],
])('%s is why it does not start', (_, error, message) => {
  expect(describeStartError(error, { listen: { host: '127.0.0.1', port: 80 } })).toContain(message);
});

test('a reader that goes away ends it', async () => {
  const { child } = await serve('pipe');
  child.stdout?.once('data', () => child.stdout?.destroy());
  expect(await once(child, 'exit')).toEqual([3, null]);
});

test('SIGTERM ends it while it still starts, and waits for a database that does not answer', async () => {
  const database = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void database.close());
  await once(database, 'listening');
  const { child } = await serve(
    'pipe',
    `store: { url: "postgres://a@127.0.0.1:${portOf(database)}/a?sslmode=disable" }\n`,
  );
  let log = '';
  child.stdout?.on('data', (chunk) => (log += String(chunk)));
  await once(database, 'connection');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(log).not.toMatch(/"event":"(?:store_unavailable|started)"/);
});

/**
 * Holds the process that reads the configuration before it runs a line of ours, until its parent has ended. A thread of
 * it hangs on the named pipe meanwhile, and longer.
 */
function heldByDisk(fifo: string): string {
  return `data:text/javascript,${encodeURIComponent(`
    import { once } from 'node:events';
    import { open } from 'node:fs';
    if (process.argv[1]?.endsWith('config-child.ts')) {
      open(${JSON.stringify(fifo)}, () => undefined);
      await once(process, 'disconnect');
    }
  `)}`;
}

function childrenOf({ pid }: ChildProcess): readonly string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
}

/** The name of the program, in brackets, is followed by the state, the parent and the process group. */
function groupOf(pid: string): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[2];
}

test.skipIf(!existsSync('/proc/self/task')).each(['SIGTERM', 'SIGINT'] as const)(
  '%s to its whole group while a process reads the configuration ends both without a word',
  async (signal) => {
    const fifo = putFifo(join(await workspace({}), 'fifo'));
    const nodeOptions = `--import=${heldByDisk(fifo)}`;
    const { child } = await serve('pipe', '', { detached: true, nodeOptions });
    let stderr = '';
    child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
    const ended = once(child, 'exit');
    const reader = await until('a process that reads the configuration, in a group of its own', () =>
      childrenOf(child).find((pid) => groupOf(pid) === pid),
    );
    process.kill(-(child.pid ?? 0), signal);
    expect(await ended).toEqual([0, null]);
    expect(stderr).toBe('');
    await until('that process to end', () => !existsSync(`/proc/${reader}`) || undefined);
  },
);

/** A copy of the sources, of which a file can be taken away. */
async function incompleteWithout(file: string): Promise<string> {
  const copy = await workspace({});
  for (const name of ['src', 'docs', 'package.json'])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  rmSync(join(copy, file));
  return copy;
}

test.each([
  ['docs/diagnoses.md', 'cannot be read (ENOENT)'],
  ['src/config-child.ts', 'cannot be run (exit code 1)'],
])('an installation without %s does not start, and the message names the file', async (file, outcome) => {
  const copy = await incompleteWithout(file);
  const config = join(copy, 'mailprobe.yaml');
  writeFileSync(config, configText(`listen: 127.0.0.1:0\n${NOWHERE}`));
  const args = [join(copy, 'src/main.ts'), 'serve', '--config', config];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PLM_SECRET: 'present' },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(stderr).toBe(
    `The installation of mailprobe is incomplete: the file ${realpathSync(copy)}/${file} ${outcome}. Install mailprobe again.\n`,
  );
  expect(code).toBe(3);
});

/** Of any command: `main.ts` ends the process in one way. */
test('a thread that hangs on a disk does not keep it alive, and the exit code stays', async () => {
  const fifo = putFifo(join(await workspace({}), 'fifo'));
  const holdsOneThread = `data:text/javascript,import{open}from'node:fs';open(${JSON.stringify(fifo)},()=>{})`;
  const args = ['--import', holdsOneThread, MAIN, 'serve', '--nonsense'];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  expect(await once(child, 'exit')).toEqual([3, null]);
});
