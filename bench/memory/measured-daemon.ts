/**
 * Runs the built `mailprobe serve` in its own process and memory group. Sends HTTP requests to it, and measures it
 * through /proc. Used by `bench/memory.ts`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { until } from '../../test/support/until.ts';
import type { MemoryGroup } from './cgroup.ts';
import type { LoopPart } from './watch-loop.ts';

const MAIN = join(import.meta.dirname, '../../dist/main.js');
const WATCH = join(import.meta.dirname, 'watch-loop.ts');

export interface Asked {
  readonly ms: number;
  readonly bytes: number;
  readonly text: string;
}

export interface MeasuredDaemon {
  readonly ask: (path: string) => Promise<Asked>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Returns how often the log contains the event so far. */
  readonly events: (name: string) => number;
  readonly output: () => string;
  readonly isAlive: () => boolean;
  /** When the daemon first answered, and when it was ready, in epoch milliseconds. */
  readonly listensSince: number;
  readonly readySince: number;
  /** The size of the store's file and its write-ahead log. */
  readonly storeBytes: () => number;
  /** The memory in MB: now, and the most since the last call. */
  readonly memory: () => { readonly now: number; readonly most: number };
  /** The CPU seconds of all threads of the daemon. */
  readonly cpuSeconds: () => number;
  readonly loopSince: (at: number) => readonly LoopPart[];
  readonly end: () => Promise<void>;
}

export interface DaemonOptions {
  readonly configFile: string;
  readonly port: number;
  readonly loopFile: string;
  readonly group: MemoryGroup | undefined;
  readonly nodeOptions: readonly string[];
}

export async function startDaemon(options: DaemonOptions): Promise<MeasuredDaemon> {
  const { configFile, port, loopFile, group, nodeOptions } = options;
  writeFileSync(loopFile, '');
  // The file is converted to JavaScript here, because stripping types would take 20 MB in the daemon.
  const watch = `${loopFile}.mjs`;
  writeFileSync(watch, stripTypeScriptTypes(readFileSync(WATCH, 'utf8')));
  const command = [
    process.execPath,
    ...nodeOptions,
    '--import',
    watch,
    MAIN,
    'serve',
    '--config',
    configFile,
  ];
  const enter = group === undefined ? '' : `echo $$ > "${group.processes}"; `;
  const child = spawn('/bin/sh', ['-c', `${enter}exec "$@"`, 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, MAILPROBE_BENCH_LOOP: loopFile },
  });
  let output = '';
  const counts = new Map<string, number>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      const text = chunk.toString();
      output = `${output}${text}`.slice(-20_000);
      for (const [, event = ''] of text.matchAll(/"event":"(\w+)"/g))
        counts.set(event, (counts.get(event) ?? 0) + 1);
    });
  }
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  const status = (): string => readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const megabytes = (name: string): number =>
    (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status())?.[1] ?? 0) * 1024) / 1e6;

  const ask = async (path: string): Promise<Asked> => {
    const began = performance.now();
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    const text = await response.text();
    // In an outage, /health answers 503.
    if (!response.ok && response.status !== 503) throw new Error(`${path} answered ${response.status}`);
    return { ms: performance.now() - began, bytes: text.length, text };
  };
  const answers = async (path: string): Promise<number> => {
    await until(
      `the daemon to answer ${path}`,
      async () => {
        if (!isAlive()) throw new Error(`the daemon ended:\n${output.slice(-2_000)}`);
        return await ask(path).catch(() => undefined);
      },
      120_000,
    );
    return Date.now();
  };
  const listensSince = await answers('/livez');
  const readySince = await answers('/readyz');

  return {
    ask,
    signal: (signal) => void child.kill(signal),
    events: (name) => counts.get(name) ?? 0,
    output: () => output,
    isAlive,
    listensSince,
    readySince,
    storeBytes: () =>
      ['', '-wal'].reduce((sum, suffix) => {
        const file = join(dirname(configFile), `mailprobe.db${suffix}`);
        return sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
      }, 0),
    memory: () => {
      const memory = { now: megabytes('VmRSS'), most: megabytes('VmHWM') };
      // Resets the highest memory: proc(5).
      writeFileSync(`/proc/${child.pid}/clear_refs`, '5');
      return memory;
    },
    // Fields 14 and 15 of /proc/PID/stat count ticks of 10 ms: proc(5).
    cpuSeconds: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    loopSince: (at) =>
      readFileSync(loopFile, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line): LoopPart => JSON.parse(line))
        .filter((part) => part.at > at),
    end: async () => {
      if (!isAlive()) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
