/**
 * Is the lease of this replica valid? Two clocks must agree, because the monotonic clock stops while a virtual machine
 * is paused, and the wall clock can be set. The lease is counted from before a renewal is sent, so that it ends here
 * before it ends for other replicas. Part of `leases.ts`.
 */
import type { ClusterClock } from './clock.ts';

export interface OwnLease {
  readonly isValid: () => boolean;
  /** Must be called before a renewal is sent. The returned function must be called when the renewal has succeeded. */
  readonly renewing: () => () => void;
  readonly close: () => void;
}

export function createOwnLease(clock: ClusterClock, lengthMs: number, onEnd: () => void): OwnLease {
  let until = { monotonic: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY };
  let cancel = (): void => undefined;

  const isValid = (): boolean => clock.monotonic() < until.monotonic && clock.now() < until.wall;
  const watch = (): void => {
    cancel();
    const leftMs = Math.min(until.monotonic - clock.monotonic(), until.wall - clock.now());
    cancel = clock.after(Math.max(0, leftMs), () => (isValid() ? watch() : onEnd()));
  };

  return {
    isValid,
    renewing: () => {
      const sent = { monotonic: clock.monotonic(), wall: clock.now() };
      return () => {
        until = { monotonic: sent.monotonic + lengthMs, wall: sent.wall + lengthMs };
        watch();
      };
    },
    close: () => cancel(),
  };
}
