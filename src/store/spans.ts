/** Sets of times, as sorted spans that neither overlap nor touch. Used to compute availability. */
import type { Span } from '../model/past.ts';

/** Returns how many milliseconds from `from` to `until` the set covers. */
export type Measure = (from: number, until: number) => number;

/**
 * Merges spans and cuts them to `within`. The spans may be unsorted, overlapping or empty. After the clock was set
 * back, a span may end before it starts.
 */
export function union(spans: readonly Span[], within: Span): readonly Span[] {
  const inOrder = spans
    .map(({ from, until }) => ({ from: Math.max(from, within.from), until: Math.min(until, within.until) }))
    .filter(({ from, until }) => from < until)
    .sort((a, b) => a.from - b.from);
  const joined: Span[] = [];
  for (const span of inOrder) {
    const last = joined.at(-1);
    if (last === undefined || span.from > last.until) joined.push(span);
    else if (span.until > last.until) joined[joined.length - 1] = { from: last.from, until: span.until };
  }
  return joined;
}

export function intersection(a: readonly Span[], b: readonly Span[]): readonly Span[] {
  const both: Span[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [one, other] = [a[i], b[j]];
    if (one === undefined || other === undefined) break;
    const from = Math.max(one.from, other.from);
    const until = Math.min(one.until, other.until);
    if (from < until) both.push({ from, until });
    if (one.until < other.until) i += 1;
    else j += 1;
  }
  return both;
}

/** Prepares the spans so that each measurement is a binary search. */
export function measure(spans: readonly Span[]): Measure {
  if (spans.length === 0) return () => 0;
  const before = [0];
  for (const { from, until } of spans) before.push((before.at(-1) ?? 0) + until - from);
  const coveredUntil = (at: number): number => {
    let low = 0;
    let high = spans.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((spans[middle]?.from ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    const last = spans[low - 1];
    return last === undefined ? 0 : (before[low - 1] ?? 0) + Math.min(at, last.until) - last.from;
  };
  return (from, until) => coveredUntil(until) - coveredUntil(from);
}
