/**
 * Announces changes of problems and incidents at most once a second. So if many mailboxes fail at the same time, one
 * round announces all of them. Created by `recording.ts`.
 */
export interface Announcer {
  /**
   * Call this after each recorded probe, because the probe may have changed a problem. The change is announced within a
   * second.
   */
  readonly note: () => void;
  readonly close: () => void;
}

const PAUSE_MS = 1_000;

export function createAnnouncer<Change>(
  takeNews: (now: number) => readonly Change[],
  announce: (change: Change) => void,
): Announcer {
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const takeRound = (): void => {
    timer = undefined;
    for (const change of takeNews(Date.now())) announce(change);
  };

  return {
    note: () => {
      if (!isClosed) timer ??= setTimeout(takeRound, PAUSE_MS).unref();
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
