import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../src/notify/outbox.ts';
import { NOON } from '../support/builders.ts';

export interface FakeClock extends Clock {
  /** Runs every timer on the way, in order, and lets what it began go on. */
  readonly advance: (ms: number) => Promise<void>;
}

/** Time that stands still until it is told to go on. */
export function aClock(start = NOON): FakeClock {
  let now = start;
  let timers: readonly { readonly at: number; readonly run: () => void }[] = [];
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers = [...timers, timer];
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = timers.toSorted((a, b) => a.at - b.at);
        if (next === undefined || next.at > end) break;
        timers = timers.filter((one) => one !== next);
        now = Math.max(now, next.at);
        next.run();
        await nextTurn();
      }
      now = end;
    },
  };
}
