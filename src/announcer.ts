/**
 * Announces changes of problems and incidents in rounds, at most one a second. So if many mailboxes fail at the same
 * time, one round announces all of them. Created by `recording.ts`.
 */
import { inSlices } from './in-slices.ts';

export interface Announcer {
  /**
   * Call this after each recorded probe, because the probe may have changed a problem. The change is announced within a
   * second, or within five while rounds take long.
   */
  readonly note: () => void;
  readonly close: () => void;
}

export interface AnnouncerParts<Change> {
  /** Computes what is new, in short steps. */
  readonly takeNews: (now: number) => Iterable<unknown, readonly Change[]>;
  readonly announce: (change: Change) => void;
  readonly onBug: (error: unknown) => void;
}

const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;
/** In an outage of ten thousand mailboxes a round takes tens of milliseconds. The pause after it is this much longer. */
const PAUSE_PER_WORK = 100;

export function createAnnouncer<Change>({ takeNews, announce, onBug }: AnnouncerParts<Change>): Announcer {
  let timer: NodeJS.Timeout | undefined;
  let isUnderWay = false;
  let isNoted = false;
  let isClosed = false;
  let pauseMs = SHORTEST_PAUSE_MS;

  const takeRound = async (): Promise<void> => {
    timer = undefined;
    isUnderWay = true;
    isNoted = false;
    let workMs = 0;
    try {
      await inSlices(
        timed(round(), (ms) => {
          workMs += ms;
        }),
      );
    } catch (error) {
      onBug(error);
    }
    isUnderWay = false;
    pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, PAUSE_PER_WORK * workMs));
    if (isNoted) note();
  };
  function* round(): Iterable<unknown> {
    for (const change of yield* takeNews(Date.now())) {
      if (isClosed) return;
      announce(change);
      yield;
    }
  }
  const note = (): void => {
    if (isClosed) return;
    isNoted = true;
    if (!isUnderWay) timer ??= setTimeout(() => void takeRound(), pauseMs).unref();
  };

  return {
    note,
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/** Passes on the steps, and reports how many milliseconds each of them took. */
function* timed(steps: Iterable<unknown>, onStep: (ms: number) => void): Iterable<unknown> {
  let began = performance.now();
  for (const step of steps) {
    onStep(performance.now() - began);
    yield step;
    began = performance.now();
  }
  onStep(performance.now() - began);
}
