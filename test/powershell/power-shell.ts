/**
 * A real PowerShell, started once for a test file, with windows as on an administrator's desk: `paste` runs what a
 * fix prints, statement by statement; `run` runs a script. Talks to `host.ps1`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { inspect, stripVTControlCharacters } from 'node:util';
import { POWERSHELL } from '../support/provision.ts';
import { generateModules, type ModuleOptions } from './generate-modules.ts';
import type { Simulation } from './simulation.ts';

export interface Outcome {
  /** What the window shows, errors left out. */
  readonly text: string;
  readonly errors: readonly string[];
  /** What it asked before it did something. */
  readonly questions: readonly string[];
  readonly exitCode: number;
}

export interface RunOptions {
  /** `Y`, `N`, `A`: to the questions, in their order. */
  readonly answers?: readonly string[];
  /** What `$PSVersionTable.PSVersion` says. */
  readonly version?: string;
}

export interface Window {
  readonly paste: (text: string, options?: RunOptions) => Promise<Outcome>;
  readonly run: (text: string, options?: RunOptions) => Promise<Outcome>;
  readonly close: () => Promise<void>;
}

export interface PowerShell {
  /** A new window, with the modules installed as the options say. */
  readonly open: (modules?: ModuleOptions) => Promise<Window>;
  readonly close: () => Promise<void>;
}

export async function startPowerShell(simulation: Simulation): Promise<PowerShell> {
  const directory = await mkdtemp(join(tmpdir(), 'mailprobe-powershell-'));
  const child = spawn(
    POWERSHELL,
    [
      '-NoProfile',
      '-NonInteractive',
      '-File',
      join(import.meta.dirname, 'host.ps1'),
      '-Simulation',
      simulation.url,
      '-Cache',
      dirname(dirname(POWERSHELL)),
    ],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, POWERSHELL_TELEMETRY_OPTOUT: '1', HOME: directory, NO_COLOR: '1' },
    },
  );
  const request = createRequests(child);
  const paths = new Map<string, string>();
  let count = 0;

  const modulePath = async (modules: ModuleOptions): Promise<string> => {
    const key = inspect(modules, { depth: 4 });
    const known = paths.get(key);
    if (known !== undefined) return known;
    const path = join(directory, `modules-${paths.size}`);
    paths.set(key, path);
    await generateModules(path, modules);
    return path;
  };

  return {
    open: async (modules = {}) => {
      count += 1;
      const window = `window-${count}`;
      await request({ op: 'open', window, modulePath: await modulePath(modules) });
      const send =
        (op: 'paste' | 'run') =>
        async (text: string, options: RunOptions = {}): Promise<Outcome> => {
          const {
            unasked,
            text: shown = '',
            errors = [],
            questions = [],
            exitCode = 0,
          } = await request({
            op,
            window,
            text,
            answers: [],
            ...options,
          });
          if (unasked !== 0) throw new Error(`${String(unasked)} answers were not asked for`);
          return { text: stripVTControlCharacters(shown), errors, questions, exitCode };
        };
      return {
        paste: send('paste'),
        run: send('run'),
        close: async () => void (await request({ op: 'close', window })),
      };
    },
    close: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface Reply extends Partial<Outcome> {
  /** Answers that nobody asked for. */
  readonly unasked?: number;
  readonly failure?: string;
}

/** One after the other: a line there, a line back. */
function createRequests(child: ChildProcess): (message: object) => Promise<Reply> {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('PowerShell has no pipes');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();
  const exchange = async (message: object): Promise<Reply> => {
    stdin.write(`${JSON.stringify(message)}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error('PowerShell has ended');
    const reply: Reply = JSON.parse(value);
    if (reply.failure !== undefined) throw new Error(`PowerShell: ${reply.failure}`);
    return reply;
  };
  return async (message) => {
    const reply = last.then(async () => await exchange(message));
    last = reply.catch(() => undefined);
    return await reply;
  };
}
