/** Lets the sandbox wait by the clock. Tests pass another function. */
import { setTimeout as delay } from 'node:timers/promises';

/** Resolves after `ms` milliseconds, or as soon as the signal aborts. Never rejects. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

/** Waits by the clock. A pending wait does not keep the process alive. */
export const waitByClock: Wait = async (ms, signal) => {
  await delay(ms, undefined, { signal, ref: false }).catch(() => undefined);
};
