/**
 * Shows on a terminal how many probes have ended: one line on standard error, which is removed at the end. Used by
 * `check`.
 */
import type { CommandIo } from './command.ts';

export interface Progress {
  readonly begin: (total: number) => void;
  readonly count: () => void;
  /** Removes the line. Can be called more than once. */
  readonly end: () => void;
}

const CLEAR_LINE = '\r\u001B[K';

/** If `io` is absent or standard error is not a terminal, nothing is shown. */
export function createProgress(io: Pick<CommandIo, 'stderr' | 'env'> | undefined): Progress {
  const isShown = io?.stderr.isTTY === true && io.env['TERM'] !== 'dumb';
  let total = 0;
  let done = 0;
  const show = (text: string): void => {
    if (isShown) io.stderr.write(`${CLEAR_LINE}${text}`);
  };
  return {
    begin: (count) => {
      total = count;
      done = 0;
      show(`0 of ${total} probed`);
    },
    count: () => {
      if (total === 0) return;
      done += 1;
      show(`${Math.min(done, total)} of ${total} probed`);
    },
    end: () => {
      if (total > 0) show('');
      total = 0;
    },
  };
}
