/**
 * `mailprobe serve` as a process of its own: started, killed, stopped, measured. Collects what it prints, and asks its
 * `/livez` without a pause. Used by `run-chaos.ts`, and by tests of the whole process.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../test/support/until.ts';
import { get } from './get.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
/** An answer that takes longer has failed. */
const LIVEZ_LIMIT_MS = 5000;
const LIVEZ_PAUSE_MS = 50;

export interface Liveness {
  readonly asked: number;
  readonly failed: number;
  readonly worstMs: number;
}

export interface DaemonProcess {
  readonly output: () => string;
  readonly liveness: () => Liveness;
  /** The most memory that any of its processes had. */
  readonly mostRssMib: () => Promise<number>;
  readonly start: () => Promise<void>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Stops the process for this time. `/livez` is not asked meanwhile. */
  readonly pause: (ms: number) => Promise<void>;
  readonly kill: () => Promise<void>;
  /** SIGTERM. Milliseconds until it is gone, and the exit code. */
  readonly end: () => Promise<{ readonly ms: number; readonly code: unknown }>;
}

export interface DaemonProcessOptions {
  readonly nodeOptions?: readonly string[];
  /** The limit of file descriptors of the process: `ulimit -n`. */
  readonly descriptors?: number;
}

export function createDaemonProcess(
  configFile: string,
  url: string,
  { nodeOptions = [], descriptors }: DaemonProcessOptions = {},
): DaemonProcess {
  const command = [process.execPath, ...nodeOptions, MAIN, 'serve', '--config', configFile];
  const limited =
    descriptors === undefined ? [] : ['sh', '-c', `ulimit -n ${descriptors} && exec "$@"`, 'sh'];
  const [program = '', ...args] = [...limited, ...command];
  let child: ChildProcess | undefined;
  let isAsked = false;
  /** Counts the pauses and ends. */
  let span = 0;
  let output = '';
  let most = 0;
  const live = { asked: 0, failed: 0, worstMs: 0 };

  const isAlive = async (): Promise<true | undefined> =>
    await get(`${url}/livez`, LIVEZ_LIMIT_MS).then(
      ({ status }) => status === 200 || undefined,
      () => undefined,
    );
  const askOnce = async (): Promise<void> => {
    const during = span;
    const began = performance.now();
    const alive = await isAlive();
    // What was asked before a pause or a kill does not count.
    if (during !== span) return;
    live.asked += 1;
    if (alive !== true) live.failed += 1;
    live.worstMs = Math.max(live.worstMs, Math.round(performance.now() - began));
  };
  const ask = async (started: ChildProcess): Promise<void> => {
    while (started.exitCode === null && started.signalCode === null) {
      if (isAsked) await askOnce();
      await delay(LIVEZ_PAUSE_MS);
    }
  };
  const measure = async (): Promise<void> => {
    const status = await readFile(`/proc/${child?.pid}/status`, 'utf8').catch(() => '');
    most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  };
  const gone = async (signal: NodeJS.Signals): Promise<unknown> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode;
    await measure();
    isAsked = false;
    span += 1;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = await exited;
    child = undefined;
    return code;
  };

  return {
    output: () => output,
    liveness: () => ({ ...live }),
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
      isAsked = true;
      void ask(child);
    },
    signal: (signal) => void child?.kill(signal),
    pause: async (ms) => {
      isAsked = false;
      span += 1;
      child?.kill('SIGSTOP');
      await delay(ms);
      child?.kill('SIGCONT');
      isAsked = true;
    },
    kill: async () => void (await gone('SIGKILL')),
    end: async () => {
      const began = performance.now();
      const code = await gone('SIGTERM');
      return { ms: Math.round(performance.now() - began), code };
    },
  };
}
