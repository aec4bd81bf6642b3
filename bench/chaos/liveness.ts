/** The counts of requesting `/livez` without a pause. Used by `daemon-process.ts` and `livez-client.ts`. */
export interface Liveness {
  readonly asked: number;
  readonly failures: readonly LivezFailure[];
  readonly worstMs: number;
  /** The longest time of an answer, without the waits for a CPU, both of the daemon and of its client. */
  readonly worstOwnMs: number;
  /** The longest time that the daemon computed during one request. */
  readonly worstCpuMs: number;
  /** The requests during which the daemon waited for a CPU for `NOTABLE_WAIT_MS` or longer. */
  readonly waits: readonly CpuWait[];
}

export interface CpuWait {
  /** When the request began, in epoch milliseconds. */
  readonly at: number;
  /** How long the request took. */
  readonly ms: number;
  readonly waitedMs: number;
}

export interface LivezFailure {
  readonly at: string;
  readonly ms: number;
  readonly ownMs: number;
  readonly cpuMs: number;
  /**
   * Connections that the kernel refused meanwhile, because too many were waiting. A client tries such a connection
   * again after a second or more.
   */
  readonly refused: number;
  readonly failure: string;
}

/** A request that takes longer is aborted. */
export const LIVEZ_LIMIT_MS = 60_000;
/** A request has failed if the daemon computes longer than this before it answers. */
export const LIVEZ_CPU_LIMIT_MS = 2000;
/**
 * A request has also failed if it takes longer than this without the waits for a CPU, and the kernel refused no
 * connection.
 */
export const LIVEZ_OWN_LIMIT_MS = 5000;

export const NOTABLE_WAIT_MS = 50;

export const NOTHING_ASKED: Liveness = {
  asked: 0,
  failures: [],
  worstMs: 0,
  worstOwnMs: 0,
  worstCpuMs: 0,
  waits: [],
};

export function addLiveness(one: Liveness, other: Liveness): Liveness {
  return {
    asked: one.asked + other.asked,
    failures: [...one.failures, ...other.failures],
    worstMs: Math.max(one.worstMs, other.worstMs),
    worstOwnMs: Math.max(one.worstOwnMs, other.worstOwnMs),
    worstCpuMs: Math.max(one.worstCpuMs, other.worstCpuMs),
    waits: [...one.waits, ...other.waits],
  };
}
