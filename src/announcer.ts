/**
 * Announces what opened, grew, shrank, changed and closed to those who listen, soon after the probe that caused it and
 * at most once a second: a fleet that fails at once is one round of news. Used by the daemon.
 */
import type { ProblemChange } from './model/status.ts';

export interface Announcer {
  /** Something was recorded that may have changed a problem. */
  readonly note: () => void;
  readonly close: () => void;
}

const PAUSE_MS = 1_000;

export function createAnnouncer(
  takeNews: (now: number) => readonly ProblemChange[],
  announce: (change: ProblemChange) => void,
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
