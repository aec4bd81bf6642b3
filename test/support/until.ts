/**
 * Waits for something that another process will make true, asking again every 100 ms. For real servers, which do
 * not tell us when they are ready. Fails, naming what it waited for, when the limit is reached.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { WAIT_MS } from './limits.ts';

/** The real one also where a test replaces `performance` later: a question may take longer than the pauses between. */
const monotonicNow = performance.now.bind(performance);

export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  limitMs = WAIT_MS,
): Promise<T> {
  const began = monotonicNow();
  do {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await delay(100);
  } while (monotonicNow() - began < limitMs);
  throw new Error(`waited ${limitMs} ms for ${what}`);
}
