/** Time, so that tests can bring their own. */
export interface ClusterClock {
  readonly now: () => number;
  /** Milliseconds that no setting of the clock changes. */
  readonly monotonic: () => number;
  /** Runs it once, later; the answer cancels it. */
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
