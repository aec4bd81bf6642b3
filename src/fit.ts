/**
 * Can the fleet be probed within its intervals? Predicts it for `config check` and at the start, and reports it while
 * the daemon runs. Used by the composition root. The arithmetic is in `schedule/capacity.ts`.
 */
import type { Config } from './config/config.ts';
import type { Engine } from './engine.ts';
import { expectedShortfalls, shortfallText } from './schedule/capacity.ts';
import { concurrencyOf } from './schedule/caps.ts';
import type { Scheduler } from './schedule/scheduler.ts';

/** At most this many apps that do not fit are named, the worst first. */
const MOST_SHOWN = 3;

export const WHAT_FITS =
  'raise "interval", spread the mailboxes over several apps, or set "concurrency" and watch for throttling';

/**
 * What cannot be probed in time, one line each, by the assumed duration of a probe. `limit`: the most probes at once
 * that this process allows.
 */
export function expectedMisfits(
  { targets, concurrency, database }: Pick<Config, 'targets' | 'concurrency' | 'database'>,
  limit?: number,
): readonly string[] {
  const found = expectedShortfalls(targets, concurrencyOf(concurrency, limit))
    // With a database, the total is left out: replicas may share the apps, and their number is not in the
    // configuration.
    .filter(({ app }) => app !== undefined || database === undefined);
  const shown = found.slice(0, MOST_SHOWN).map(shortfallText);
  return found.length > shown.length ? [...shown, `and ${found.length - shown.length} more`] : shown;
}

/** Must be called at every beat. Logs when an overload begins and when it ends. */
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
