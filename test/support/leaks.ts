/**
 * Proof that nothing is left: no socket, timer, pending system call, or listener on a signal. Run what is tested
 * inside `expectNothingLeft`; servers may stay up around it, they are counted before and after.
 */
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';

const ROUND_MS = 10;
/** Closing takes a few turns of the loop on either side; a leak stays for ever. */
const MOST_ROUNDS = 300;

/** Resolves with what `scenario` did, when the process holds no more than before; fails the test when it does not. */
export async function expectNothingLeft<T>(scenario: () => Promise<T>): Promise<T> {
  const before = resources();
  const timers = createTimerWatch();
  try {
    const result = await timers.watch(scenario);
    const left = (): readonly string[] => [...more(before), ...timers.pending()];
    for (let round = 0; round < MOST_ROUNDS && left().length > 0; round += 1) await sleep(ROUND_MS);
    expect(left(), 'resources that were not there before').toEqual([]);
    return result;
  } finally {
    timers.end();
  }
}

interface TimerWatch {
  readonly watch: <T>(scenario: () => Promise<T>) => Promise<T>;
  /** The timers that the scenario set, that still wait, and that keep the process alive. */
  readonly pending: () => readonly string[];
  readonly end: () => void;
}

/** Those of others are left out: the test runner sets some at any time, and one that ends would hide one that is left. */
function createTimerWatch(): TimerWatch {
  const inside = new AsyncLocalStorage<true>();
  const timers = new Map<number, object>();
  const hook = createHook({
    init: (id, type, _trigger, resource) => {
      if (type === 'Timeout' && inside.getStore() === true) timers.set(id, resource);
    },
    destroy: (id) => void timers.delete(id),
  }).enable();
  return {
    watch: async (scenario) => await inside.run(true, scenario),
    pending: () =>
      [...timers.values()].flatMap((timer) =>
        'hasRef' in timer && typeof timer.hasRef === 'function' && timer.hasRef() === true ? 'Timeout' : [],
      ),
    end: () => void hook.disable(),
  };
}

/** A signal outlives a probe: a listener left on it is a leak with everything that it can reach. */
export function expectNoListeners(signal: AbortSignal): void {
  expect(getEventListeners(signal, 'abort'), 'listeners left on the signal').toEqual([]);
}

function resources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo())
    if (kind !== 'Timeout') counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

function more(before: ReadonlyMap<string, number>): readonly string[] {
  return [...resources()]
    .filter(([kind, count]) => count > (before.get(kind) ?? 0))
    .map(([kind, count]) => `${kind}: ${before.get(kind) ?? 0} before, ${count} after`);
}
