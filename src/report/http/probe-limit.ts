/**
 * Limits how often callers may request a probe, because each probe is a login that Exchange may throttle. For each
 * mailbox and protocol, a small burst is allowed, and then one probe every two seconds. For all mailboxes together, a
 * rate is allowed that leaves room for the scheduled probes.
 */
import { type Target, targetKey } from '../../model/target.ts';
import { createRateLimit, type RateLimit, tooMany } from './rate-limit.ts';

const PER_TARGET = { burst: 10, perSecond: 1 / 2 };
const OVER_ALL = { burst: 100, perSecond: 10 };
/** If this many targets are remembered, those without a recent request are dropped. */
const MOST_REMEMBERED = 1_000;

/**
 * Throws 429 if it is too soon to probe one of the targets. Call it right before the probe, and only with configured
 * targets.
 */
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
    if (wait > 0) throw tooMany('This mailbox was probed more often than every 2 seconds.', wait);
    const overAllWait = overAll.take(targets.length);
    if (overAllWait > 0) {
      throw tooMany('More than 10 probes a second were requested, over all mailboxes.', overAllWait);
    }
  };
}

function forgetFull(limits: Map<string, RateLimit>): void {
  for (const [id, limit] of limits) if (limit.isFull()) limits.delete(id);
}
