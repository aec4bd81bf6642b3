/**
 * Does the fleet fit into its intervals? Foreseen by `config check` and at the start, and noticed while it runs. Used by
 * the composition root; the arithmetic is in `schedule/capacity.ts`.
 */
import type { Config } from './config/config.ts';
import type { Engine } from './engine.ts';
import { expectedShortfalls, shortfallText } from './schedule/capacity.ts';
import { concurrencyOf } from './schedule/caps.ts';
import type { Scheduler } from './schedule/scheduler.ts';

/** If many apps do not fit, this many are named, the worst first. */
const MOST_SHOWN = 3;

export const WHAT_FITS =
  'raise "interval", spread the mailboxes over several apps, or set "concurrency" and watch for throttling';

/** What cannot be probed in time, one line each, by the time that a probe is assumed to take. `limit`: most probes at once of this process. */
export function expectedMisfits(
  { targets, concurrency, database }: Pick<Config, 'targets' | 'concurrency' | 'database'>,
  limit?: number,
): readonly string[] {
  const found = expectedShortfalls(targets, concurrencyOf(concurrency, limit))
    // Replicas share the apps: how many there are is not in the file.
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
