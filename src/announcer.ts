/**
 * Announces problems that opened, grew, shrank, changed or closed, soon after the probe that caused the change. It runs
 * at most once a second, so a fleet that fails at once is announced in one round. Used by the daemon.
 */
export interface Announcer {
  /**
   * Must be called after each recorded probe, because it may have changed a problem. Changes are announced in the next
   * round, after at most a second.
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
