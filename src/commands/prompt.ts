/** Asks questions on a terminal, one line each. A hidden question does not echo what is typed. Used by `init`. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { CommandIo } from './command.ts';

export interface Prompt {
  /** Returns the answer. Undefined if the input ended, by Ctrl-C or Ctrl-D. */
  readonly ask: (question: string, isHidden?: boolean) => Promise<string | undefined>;
  readonly close: () => void;
}

export function createPrompt(io: Pick<CommandIo, 'stdin' | 'stdout' | 'signal'>): Prompt {
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, io.signal]);
  let isMuted = false;
  const output = new Writable({
    write: (chunk: Uint8Array, _encoding, done) => {
      if (!isMuted) io.stdout.write(Buffer.from(chunk).toString());
      done();
    },
  });
  const lines = createInterface({ input: io.stdin, output, terminal: true, historySize: 0 });
  lines.on('SIGINT', () => ended.abort());
  lines.on('close', () => ended.abort());
  return {
    ask: async (question, isHidden = false) => {
      if (signal.aborted) return undefined;
      if (isHidden) io.stdout.write(question);
      isMuted = isHidden;
      const answer = await lines.question(isHidden ? '' : question, { signal }).catch(() => undefined);
      isMuted = false;
      if (isHidden || answer === undefined) io.stdout.write('\n');
      return answer?.trim();
    },
    close: () => {
      lines.close();
    },
  };
}
