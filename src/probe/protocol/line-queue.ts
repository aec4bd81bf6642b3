/**
 * Queues the lines that have arrived but were not read yet. Also holds the read that waits for a line, and the reason
 * why no more lines arrive. Used by the line reader.
 */
import type { Failure } from '../../model/failure.ts';
import { StageFailure } from '../stage-failure.ts';

export interface LineQueue {
  readonly push: (line: string) => void;
  /** Returns the next line. Rejects with a `StageFailure` if the queue is empty and has ended. */
  readonly next: () => Promise<string>;
  /** Passes the queued lines and all further lines to `onLine`. Calls `onEnd` when `end` is called. */
  readonly follow: (onLine: (line: string) => void, onEnd: () => void) => void;
  /** Ends the queue with this reason, unless it has already ended. Rejects the waiting read and calls `onEnd`. */
  readonly end: (failure: Failure) => void;
  /**
   * Ends the queue with this reason, unless it has already ended. Does not reject the waiting read and does not call
   * `onEnd`, because the dialogue is over.
   */
  readonly close: (failure: Failure) => void;
  readonly failure: () => Failure | undefined;
  readonly first: () => string | undefined;
  readonly last: () => string | undefined;
}

interface PendingRead {
  readonly resolve: (line: string) => void;
  readonly reject: (error: StageFailure) => void;
}

export function createLineQueue(): LineQueue {
  let lines: string[] = [];
  let failure: Failure | undefined;
  let pending: PendingRead | undefined;
  let onEndOfLines: (() => void) | undefined;
  let onLine = (line: string): void => {
    if (pending === undefined) lines.push(line);
    else pending.resolve(line);
    pending = undefined;
  };
  return {
    push: (line) => onLine(line),
    next: () =>
      new Promise((resolve, reject) => {
        const line = lines.shift();
        if (line !== undefined) resolve(line);
        else if (failure !== undefined) reject(new StageFailure(failure));
        else pending = { resolve, reject };
      }),
    follow: (listener, onEnd) => {
      onLine = listener;
      onEndOfLines = onEnd;
      const arrived = lines;
      lines = [];
      arrived.forEach(listener);
    },
    end: (reason) => {
      if (failure !== undefined) return;
      failure = reason;
      pending?.reject(new StageFailure(reason));
      pending = undefined;
      onEndOfLines?.();
    },
    close: (reason) => {
      failure ??= reason;
    },
    failure: () => failure,
    first: () => lines[0],
    last: () => lines.at(-1),
  };
}
