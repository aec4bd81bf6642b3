/** What asking `/livez` without a pause counts. Used by `daemon-process.ts` and the process that asks. */
export interface Liveness {
  readonly asked: number;
  readonly failures: readonly LivezFailure[];
  readonly worstMs: number;
  /** Without what the daemon and its client waited for a CPU. */
  readonly worstOwnMs: number;
  /** What the daemon computed meanwhile. */
  readonly worstCpuMs: number;
}

export interface LivezFailure {
  readonly at: string;
  readonly ms: number;
  readonly ownMs: number;
  readonly cpuMs: number;
  /** Connections that the kernel refused meanwhile, because as many waited as may: each comes again after a second or more. */
  readonly refused: number;
  readonly failure: string;
}

/** A request that takes longer is given up. */
export const LIVEZ_LIMIT_MS = 60_000;
/** An answer before which the daemon computes longer has failed. */
export const LIVEZ_CPU_LIMIT_MS = 2000;
/** So has one that takes longer by itself, where the kernel refused no connection. */
export const LIVEZ_OWN_LIMIT_MS = 5000;

export const NOTHING_ASKED: Liveness = { asked: 0, failures: [], worstMs: 0, worstOwnMs: 0, worstCpuMs: 0 };

export function addLiveness(one: Liveness, other: Liveness): Liveness {
  return {
    asked: one.asked + other.asked,
    failures: [...one.failures, ...other.failures],
    worstMs: Math.max(one.worstMs, other.worstMs),
    worstOwnMs: Math.max(one.worstOwnMs, other.worstOwnMs),
    worstCpuMs: Math.max(one.worstCpuMs, other.worstCpuMs),
  };
}
