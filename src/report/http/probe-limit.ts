/**
 * How often callers may ask for a look: each is a log-in at Exchange, which throttles those who do it often. Per
 * mailbox and protocol some at once, then one every other second; over all a bound that leaves room for the looks of
 * the schedule.
 */
import { type Target, targetKey } from '../../model/target.ts';
import { createRateLimit, type RateLimit, tooMany } from './rate-limit.ts';

const PER_TARGET = { burst: 10, perSecond: 1 / 2 };
const OVER_ALL = { burst: 100, perSecond: 10 };
/** Beyond this many remembered targets those that are as new are forgotten. */
const MOST_REMEMBERED = 1_000;

/** Throws 429 where it is too soon for one of them. Call it for what is configured, right before the look. */
export type ProbeLimit = (targets: readonly Target[]) => void;

export function createProbeLimit(): ProbeLimit {
  const overAll = createRateLimit(OVER_ALL.burst, OVER_ALL.perSecond);
  const byTarget = new Map<string, RateLimit>();

  const limitOf = (key: string): RateLimit => {
    const known = byTarget.get(key);
    if (known !== undefined) return known;
    if (byTarget.size >= MOST_REMEMBERED) forgetFull(byTarget);
    const limit = createRateLimit(PER_TARGET.burst, PER_TARGET.perSecond);
    byTarget.set(key, limit);
    return limit;
  };

  return (targets) => {
    const wait = Math.max(0, ...targets.map((target) => limitOf(targetKey(target)).take()));
    if (wait > 0) throw tooMany('This mailbox was looked at more often than every 2 seconds.', wait);
    const overAllWait = overAll.take(targets.length);
    if (overAllWait > 0) {
      throw tooMany('More than 10 looks a second were asked for, over all mailboxes.', overAllWait);
    }
  };
}

function forgetFull(limits: Map<string, RateLimit>): void {
  for (const [id, limit] of limits) if (limit.isFull()) limits.delete(id);
}
