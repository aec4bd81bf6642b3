/**
 * Runs a file of this folder in its own process, so that the work of one part of a run does not delay another. The
 * process answers each message in order. The first message is its input. Used by `run-chaos.ts` and
 * `daemon-process.ts`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';

export interface Forked {
  /** Sends a message and returns the answer. Both are JSON. */
  readonly ask: <T>(message: unknown) => Promise<T>;
  readonly end: () => Promise<void>;
}

export function forked(file: string): Forked {
  const child = fork(file, { execArgv: [] });
  const waiting: PromiseWithResolvers<unknown>[] = [];
  child.on('message', (answer) => waiting.shift()?.resolve(answer));
  child.on('exit', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`The process of ${file} ended.`));
  });
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    ask: async <T>(message: unknown) => {
      if (isGone()) throw new Error(`The process of ${file} has ended.`);
      const answer = Promise.withResolvers<unknown>();
      waiting.push(answer);
      child.send(JSON.stringify(message));
      const value: T = JSON.parse(String(await answer.promise));
      return value;
    },
    end: async () => {
      if (isGone()) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Called in the forked process, which ends when its parent ends. */
export function answerWith(answer: (message: string) => Promise<unknown>): void {
  let last = Promise.resolve();
  process.on('message', (message) => {
    last = last.then(async () => void process.send?.(JSON.stringify(await answer(String(message)))));
  });
  process.on('disconnect', () => process.exit());
}
