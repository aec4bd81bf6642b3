/**
 * Runs `mailprobe serve` in its own process: starts, kills, stops and measures it. Collects its output. Another process
 * requests its `/livez` without a pause. Used by `run-chaos.ts`, and by tests of the whole process.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../test/support/until.ts';
import { type Forked, forked } from './forked.ts';
import { get } from './get.ts';
import type { Asked } from './livez-client.ts';
import { addLiveness, LIVEZ_LIMIT_MS, type Liveness, NOTHING_ASKED } from './liveness.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const LIVEZ_CLIENT = join(import.meta.dirname, 'livez-client.ts');

export interface DaemonProcess {
  readonly output: () => string;
  readonly liveness: () => Promise<Liveness>;
  /** The most memory that the daemon had, over all its restarts. */
  readonly mostRssMib: () => Promise<number>;
  readonly start: () => Promise<void>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Stops the process for this time, in which `/livez` is not requested. */
  readonly pause: (ms: number) => Promise<void>;
  readonly kill: () => Promise<void>;
  /** Sends SIGTERM. Resolves to the milliseconds until the process has ended, and to its exit code. */
  readonly end: () => Promise<{ readonly ms: number; readonly code: unknown }>;
}

export interface DaemonProcessOptions {
  /** A script and its arguments, in place of `mailprobe serve`. */
  readonly command?: readonly string[];
  readonly nodeOptions?: readonly string[];
  /** The limit of file descriptors of the process, as set by `ulimit -n`. */
  readonly descriptors?: number;
}

export function createDaemonProcess(
  configFile: string,
  url: string,
  {
    nodeOptions = [],
    descriptors,
    command = [MAIN, 'serve', '--config', configFile],
  }: DaemonProcessOptions = {},
): DaemonProcess {
  const limited =
    descriptors === undefined ? [] : ['sh', '-c', `ulimit -n ${descriptors} && exec "$@"`, 'sh'];
  const [program = '', ...args] = [...limited, process.execPath, ...nodeOptions, ...command];
  let child: ChildProcess | undefined;
  /** The process that requests `/livez` of the running daemon. */
  let client: Forked | undefined;
  let output = '';
  let most = 0;
  /** The counts for the processes that have ended. */
  let before: Liveness = NOTHING_ASKED;

  const isAlive = async (): Promise<true | undefined> =>
    await get(`${url}/livez`, LIVEZ_LIMIT_MS).then(
      ({ status }) => status === 200 || undefined,
      () => undefined,
    );
  const liveness = async (): Promise<Liveness> =>
    client === undefined ? before : addLiveness(before, await client.ask<Liveness>('report'));
  const measure = async (): Promise<void> => {
    const status = await readFile(`/proc/${child?.pid}/status`, 'utf8').catch(() => '');
    most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  };
  const gone = async (signal: NodeJS.Signals): Promise<{ ms: number; code: unknown }> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null)
      return { ms: 0, code: child?.exitCode };
    await measure();
    await client?.ask('stop');
    before = await liveness();
    await client?.end();
    client = undefined;
    const exited = once(child, 'exit');
    const began = performance.now();
    child.kill(signal);
    const [code] = await exited;
    child = undefined;
    return { ms: Math.round(performance.now() - began), code };
  };

  return {
    output: () => output,
    liveness,
    mostRssMib: async () => {
      await measure();
      return Math.round(most);
    },
    start: async () => {
      child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
      }
      const started = child;
      await until('the daemon to answer', async () => {
        if (started.exitCode !== null) throw new Error(`The daemon did not start:\n${output.slice(-2000)}`);
        return await isAlive();
      });
      client = forked(LIVEZ_CLIENT);
      await client.ask({ url, pid: child.pid ?? 0 } satisfies Asked);
      await client.ask('go');
    },
    signal: (signal) => void child?.kill(signal),
    pause: async (ms) => {
      await client?.ask('stop');
      child?.kill('SIGSTOP');
      await delay(ms);
      child?.kill('SIGCONT');
      await client?.ask('go');
    },
    kill: async () => void (await gone('SIGKILL')),
    end: async () => await gone('SIGTERM'),
  };
}
