/**
 * Judges each report of a healthy mailbox that is down, with the daemon's own line of the log (cause, stage, text) and a
 * second opinion: did a login by somebody else work at that time, and how fast? Used by `run-chaos.ts`.
 */
import { INTERVAL_MS, TIMEOUT_MS } from './chaos-world.ts';
import type { Login, Opinion } from './second-opinion.ts';

export interface FalseAlarm {
  /** The line of the log. */
  readonly line: string;
  /** Logins of the second opinion in the time of the probes that failed, which took long or failed. */
  readonly slowLogins: readonly Login[];
  /** One of them took longer than a probe may: it was the server, or the machine. */
  readonly isServerSlow: boolean;
}

/** Down takes two failures: two intervals, of which each is up to a fifth longer, and the time of a probe. */
const WINDOW_MS = 2.4 * INTERVAL_MS + 2 * TIMEOUT_MS;

export function judgeAlarms(lines: readonly string[], { notable }: Opinion): readonly FalseAlarm[] {
  return lines.map((line) => {
    const { time }: { readonly time: string } = JSON.parse(line);
    const until = Date.parse(time);
    const slowLogins = notable.filter(({ at, ms }) => at + ms > until - WINDOW_MS && at < until);
    return {
      line,
      slowLogins,
      isServerSlow: slowLogins.some(({ ms, opened }) => !opened || ms >= TIMEOUT_MS),
    };
  });
}
