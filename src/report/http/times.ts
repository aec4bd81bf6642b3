/** Parses points in time and windows that callers write in a query or a body. */
import type { Span } from '../../model/past.ts';
import { cleanText } from '../../model/text.ts';
import type { Parameter } from './parameters.ts';
import { badParameter } from './query.ts';

const ACCEPTED = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

export const timeParameter = (name: 'from' | 'until', description: string): Parameter => ({
  name,
  in: 'query',
  description: `${description} A date (its start in UTC) or an RFC 3339 time.`,
  schema: { type: 'string' },
});

/** Returns epoch milliseconds. Undefined if the text is neither a date nor a time with an offset. */
export function parseTime(text: string): number | undefined {
  const at = ACCEPTED.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

export function readTime(query: ReadonlyMap<string, string>, name: 'from' | 'until'): number | undefined {
  const given = query.get(name);
  const at = given === undefined ? undefined : parseTime(given);
  if (given === undefined || at !== undefined) return at;
  throw badParameter(
    name,
    `is "${cleanText(given, 40)}". Expected a date such as 2026-11-01, or a time such as 2026-11-01T08:00:00Z.`,
  );
}

/**
 * Returns the window between the parameters `from` and `until`. If `until` is absent, the window ends now. If `from` is
 * absent, the window is `lengthMs` long. Throws if `from` is not before `until`.
 */
export function readWindow(query: ReadonlyMap<string, string>, now: number, lengthMs: number): Span {
  const until = readTime(query, 'until') ?? now;
  const from = readTime(query, 'from') ?? until - lengthMs;
  if (from >= until) throw badParameter('from', 'is not before until. Expected from to be before until.');
  return { from, until };
}
