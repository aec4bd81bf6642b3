/**
 * Judges each report that a healthy mailbox is down. Compares the daemon's line in the log with the logins of another
 * client at that time: did they work, and how fast? Used by `run-chaos.ts`.
 */
import { INTERVAL_MS, TIMEOUT_MS } from './chaos-world.ts';
import type { CpuWait } from './liveness.ts';
import type { Login, Opinion } from './second-opinion.ts';

export interface FalseAlarm {
  /** The daemon's line in the log. */
  readonly line: string;
  /** The logins of the other client that were slow or failed while the failed probes ran. */
  readonly slowLogins: readonly Login[];
  /**
   * True if one of these logins failed or took longer than a probe may take. The server or the machine was then slow.
   */
  readonly isServerSlow: boolean;
  /**
   * True if the daemon waited for a CPU for so long meanwhile that this alone explains two failures. It may do so between
   * two logins of the other client that were fast.
   */
  readonly isDaemonStarved: boolean;
}

/**
 * A mailbox is down after two failures. They take two intervals, each up to a fifth longer, and two timeouts of a
 * probe.
 */
const WINDOW_MS = 2.4 * INTERVAL_MS + 2 * TIMEOUT_MS;

/** Each of the two probes lacked half of its time or more. */
const STARVED_MS = TIMEOUT_MS;

export function judgeAlarms(
  lines: readonly string[],
  { notable }: Opinion,
  waits: readonly CpuWait[],
): readonly FalseAlarm[] {
  return lines.map((line) => {
    const { time }: { readonly time: string } = JSON.parse(line);
    const until = Date.parse(time);
    const slowLogins = notable.filter(({ at, ms }) => at + ms > until - WINDOW_MS && at < until);
    const waitedMs = waits
      .filter(({ at, ms }) => at + ms > until - WINDOW_MS && at < until)
      .reduce((sum, wait) => sum + wait.waitedMs, 0);
    return {
      line,
      slowLogins,
      isServerSlow: slowLogins.some(({ ms, opened }) => !opened || ms >= TIMEOUT_MS),
      isDaemonStarved: waitedMs >= STARVED_MS,
    };
  });
}
