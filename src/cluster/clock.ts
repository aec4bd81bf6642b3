/** The source of time for this folder. Tests replace it. */
export interface ClusterClock {
  readonly now: () => number;
  /** Milliseconds of a clock that cannot be set. */
  readonly monotonic: () => number;
  /** Calls `run` once, later. The returned function cancels the call. */
  readonly after: (ms: number, run: () => void) => () => void;
}

export const systemClusterClock: ClusterClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};
