/**
 * Can all mailboxes be probed within their intervals? Predicts the answer for `config check` and for the start of the
 * daemon. While the daemon runs, records an overload. The arithmetic is in `schedule/capacity.ts`.
 */
import type { Config } from './config/config.ts';
import type { Engine } from './engine.ts';
import { expectedShortfalls, shortfallText } from './schedule/capacity.ts';
import { concurrencyOf } from './schedule/caps.ts';
import type { Scheduler } from './schedule/scheduler.ts';

/** Names at most this many apps that cannot be probed in time, the worst first. */
const MOST_SHOWN = 3;

export const WHAT_FITS =
  'raise "interval", spread the mailboxes over several apps, or set "concurrency" and watch for throttling';

/**
 * Returns one line for each app that cannot be probed in time, and one for all apps together. Assumes how long a probe
 * takes. `limit`: how many probes this process can run at once.
 */
export function expectedMisfits(
  { targets, concurrency, database }: Pick<Config, 'targets' | 'concurrency' | 'database'>,
  limit?: number,
): readonly string[] {
  const found = expectedShortfalls(targets, concurrencyOf(concurrency, limit))
    // With a database, the line for all apps is left out. Replicas may share the apps, and the configuration does not
    // contain the number of replicas.
    .filter(({ app }) => app !== undefined || database === undefined);
  const shown = found.slice(0, MOST_SHOWN).map(shortfallText);
  return found.length > shown.length ? [...shown, `and ${found.length - shown.length} more`] : shown;
}

/** Returns a function that records when an overload begins and when it ends. Call that function every few seconds. */
export function createOverloadNote(
  overload: Scheduler['overload'],
  record: Engine['recordOverload'],
): () => void {
  let isOverloaded = false;
  return () => {
    const found = overload();
    if ((found !== undefined) === isOverloaded) return;
    isOverloaded = found !== undefined;
    record(found && { ...found, shortfalls: found.shortfalls.slice(0, MOST_SHOWN).map(shortfallText) });
  };
}
