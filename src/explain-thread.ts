/**
 * Explains pasted text in a separate thread. Ten megabytes take a second or two, which would delay the daemon's probes.
 * The first request starts the thread, which answers one request at a time. Used by the daemon. The command `explain`
 * needs no thread.
 */
import { once } from 'node:events';
import { getHeapStatistics } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Explanation } from './model/explanation.ts';

export interface ExplainThread {
  /**
   * Resolves to undefined if the text needs more time or memory than the limits allow. The next request then starts a
   * new thread.
   */
  readonly explain: (text: string) => Promise<Explanation | undefined>;
  readonly close: () => Promise<void>;
}

const TIMEOUT_MS = 10_000;
/**
 * The heap limit of the thread, so that a text cannot exhaust the daemon's heap. Measured to be enough for the longest
 * text.
 */
const MOST_HEAP_MIB = 256;
const LONGEST_TEXT = 10 * 1024 * 1024;
/** V8's heap limit includes this much for the young generation. Only the rest of the heap can hold the text. */
const YOUNG_MIB = 192;
const LEAST_HEAP_MIB = 32;
/** Next to this file: `.ts` in the source tree, `.js` in a build. */
const WORKER_FILE = new URL(import.meta.url.replace('explain-thread', 'explain-worker'));

/**
 * `heapMib`: the most heap that the thread may use. A text that needs more is refused before it is sent to the thread.
 */
export function createExplainThread(heapMib = heapLimitMib()): ExplainThread {
  const maxOldGenerationSizeMb = Math.min(MOST_HEAP_MIB, heapMib);
  const longest = LONGEST_TEXT * (maxOldGenerationSizeMb / MOST_HEAP_MIB);
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const end = async (): Promise<void> => {
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  };
  const ask = async (text: string): Promise<Explanation | undefined> => {
    worker ??= new Worker(WORKER_FILE, { resourceLimits: { maxOldGenerationSizeMb } });
    // An idle thread must not keep the process alive. A busy one is awaited below.
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
      if (text.length > longest) return undefined;
      const answer = last.then(async () => await ask(text));
      last = answer.catch(() => undefined);
      return await answer;
    },
    close: end,
  };
}

function heapLimitMib(): number {
  return Math.max(LEAST_HEAP_MIB, Math.floor(getHeapStatistics().heap_size_limit / 1024 ** 2) - YOUNG_MIB);
}

function isBeyondLimits(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'AbortError' || ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY');
}
