/**
 * Announces changes of problems and incidents in rounds, at most one a second. So if many mailboxes fail at the same
 * time, one round announces all of them. Created by `recording.ts`.
 */
export interface Announcer {
  /**
   * Call this after each recorded probe, because the probe may have changed a problem. The change is announced within a
   * second, or within five while rounds take long.
   */
  readonly note: () => void;
  readonly close: () => void;
}

const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;
/** In an outage of ten thousand mailboxes a round takes tens of milliseconds. The pause after it is this much longer. */
const PAUSE_PER_WORK = 100;

export function createAnnouncer<Change>(
  takeNews: (now: number) => readonly Change[],
  announce: (change: Change) => void,
): Announcer {
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let pauseMs = SHORTEST_PAUSE_MS;

  const takeRound = (): void => {
    timer = undefined;
    const began = performance.now();
    for (const change of takeNews(Date.now())) announce(change);
    const workMs = performance.now() - began;
    pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, PAUSE_PER_WORK * workMs));
  };

  return {
    note: () => {
      if (!isClosed) timer ??= setTimeout(takeRound, pauseMs).unref();
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
