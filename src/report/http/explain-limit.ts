/**
 * Limits how much text callers may send to be explained. Explaining takes long, and one thread explains one text at a
 * time.
 */
import { createRateLimit, tooMany } from './rate-limit.ts';

const UNIT_BYTES = 1024;
const UNITS = { burst: 20_480, perSecond: 1024 };

/** Throws 429 if callers have sent too much text recently. */
export type ExplainLimit = (text: string) => void;

export function createExplainLimit(): ExplainLimit {
  const limit = createRateLimit(UNITS.burst, UNITS.perSecond);
  return (text) => {
    const wait = limit.take(Math.ceil(text.length / UNIT_BYTES));
    if (wait > 0) throw tooMany('More text was sent to be explained than this process has time for.', wait);
  };
}
