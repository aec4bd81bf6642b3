/**
 * Explains pasted text in a thread of its own: ten megabytes take a second or two, during which the daemon's probes
 * would stand still. The first request starts the thread; it answers one request at a time. Used by the daemon; the
 * command `explain` has nothing else to do and needs no thread.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Explanation } from './model/explanation.ts';

export interface ExplainThread {
  /** Undefined where the text needs more time or memory than the limits allow; the next request starts a new thread. */
  readonly explain: (text: string) => Promise<Explanation | undefined>;
  readonly close: () => Promise<void>;
}

const TIMEOUT_MS = 10_000;
/** Enough for ten megabytes. A limit of its own: a text must not exhaust the daemon's heap. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 256 };
/** Beside this file: `.ts` in the source tree, `.js` in a build. */
const WORKER_FILE = new URL(import.meta.url.replace('explain-thread', 'explain-worker'));

export function createExplainThread(): ExplainThread {
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const end = async (): Promise<void> => {
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  };
  const ask = async (text: string): Promise<Explanation | undefined> => {
    worker ??= new Worker(WORKER_FILE, { resourceLimits: RESOURCE_LIMITS });
    // An idle thread must not keep the process alive; a busy one is awaited below.
    worker.unref();
    try {
      worker.postMessage(text);
      const [explanation]: Explanation[] = await once(worker, 'message', {
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return explanation;
    } catch (error) {
      await end();
      if (isBeyondLimits(error)) return undefined;
      throw error;
    }
  };

  return {
    explain: async (text) => {
      const answer = last.then(async () => await ask(text));
      last = answer.catch(() => undefined);
      return await answer;
    },
    close: end,
  };
}

function isBeyondLimits(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'AbortError' || ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY');
}
