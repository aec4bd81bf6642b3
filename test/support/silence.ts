/**
 * Lets the time of deadlines pass whenever nothing else happens, for servers that never answer: the way to their silence
 * takes as long as the machine needs, and the silence itself nearly nothing. Needs both sides in this process.
 */
import { createHook } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { vi } from 'vitest';

/** Of the deadlines that pass, `PATIENT` in the file: a token request may take 18 of these steps, a probe all 20. */
const STEP_MS = 6_000;

/** More than deadlines one after the other take, unless one of them never passes. */
const MOST_STEPS = 200;

/** Nothing happens in so many turns. Whatever the machine is busy with slows them down as well. */
const QUIET_TURNS = 5;
/** The threads of libuv: what waits for one of them has been taken up before these turns are over. */
const THREADS = 4;
/** What turns and promises consist of. */
const OWN_TYPES = new Set(['Timeout', 'Immediate', 'PROMISE', 'TickObject', 'RANDOMBYTESREQUEST']);
/** A connection, a lookup, a file or a write. */
const UNDER_WAY = /Connect|Req|Shutdown|Write/;

const throughThread = promisify(randomBytes);

/** Runs what meets silence, and resolves with its result. */
export async function passSilence<T>(run: () => Promise<T>): Promise<T> {
  let events = 0;
  const types = new Map<number, string>();
  const hook = createHook({
    init: (id, type) => void types.set(id, type),
    before: (id) => {
      if (!OWN_TYPES.has(types.get(id) ?? '')) events += 1;
    },
    destroy: (id) => void types.delete(id),
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  hook.enable();
  try {
    const state = { isRunning: true };
    const running = run().finally(() => (state.isRunning = false));
    // It is awaited below.
    running.catch(() => undefined);
    for (let step = 0; state.isRunning; step += 1) {
      if (step === MOST_STEPS) throw new Error(`the silence has not ended after ${MOST_STEPS * STEP_MS} ms`);
      await untilQuiet(() => events);
      vi.advanceTimersByTime(STEP_MS);
    }
    return await running;
  } finally {
    hook.disable();
    vi.useRealTimers();
  }
}

async function untilQuiet(events: () => number): Promise<void> {
  for (let turn = 0, seen = events(); turn < QUIET_TURNS; turn += 1) {
    await Promise.all(Array.from({ length: THREADS }, async () => await throughThread(1)));
    await delay(1);
    if (events() === seen && !process.getActiveResourcesInfo().some((name) => UNDER_WAY.test(name))) continue;
    seen = events();
    turn = -1;
  }
}
