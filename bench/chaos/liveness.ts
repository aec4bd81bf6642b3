/** What asking `/livez` without a pause counts. Used by `daemon-process.ts` and the process that asks. */
export interface Liveness {
  readonly asked: number;
  readonly failures: readonly LivezFailure[];
  readonly worstMs: number;
  /** Without what the daemon and its client waited for a CPU. */
  readonly worstOwnMs: number;
}

export interface LivezFailure {
  readonly at: string;
  readonly ms: number;
  readonly ownMs: number;
  readonly failure: string;
}

/** A request that takes longer is given up. */
export const LIVEZ_LIMIT_MS = 60_000;
/** An answer that takes the daemon longer has failed. */
export const LIVEZ_OWN_LIMIT_MS = 5000;

export const NOTHING_ASKED: Liveness = { asked: 0, failures: [], worstMs: 0, worstOwnMs: 0 };

export function addLiveness(one: Liveness, other: Liveness): Liveness {
  return {
    asked: one.asked + other.asked,
    failures: [...one.failures, ...other.failures],
    worstMs: Math.max(one.worstMs, other.worstMs),
    worstOwnMs: Math.max(one.worstOwnMs, other.worstOwnMs),
  };
}
