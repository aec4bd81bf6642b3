/**
 * A histogram for frequent observations. A caller looks up each series only once, with `begin`. prom-client looks up
 * the series by the text of its labels at each observation.
 */
import type { Family, RecordedFamily } from './family.ts';

export type Observe = (value: number) => void;

export interface Histogram {
  /**
   * Begins the series with these labels, which are in the order of the family. The returned function observes a value.
   */
  readonly begin: (...labels: readonly string[]) => Observe;
  readonly family: () => RecordedFamily;
}

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** How many values fell into each bucket. The last number counts the values above all bounds. Not cumulative. */
  readonly counts: number[];
  sum: number;
}

/** `bounds` holds the upper bounds of the buckets in ascending order, without infinity. */
export function createHistogram(family: Family, bounds: readonly number[]): Histogram {
  const begun: Series[] = [];

  return {
    begin: (...values) => {
      const labels = Object.fromEntries(family.labels.map((label, at) => [label, values[at] ?? '']));
      const series: Series = { labels, counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 };
      begun.push(series);
      return (value) => {
        let at = 0;
        while (at < bounds.length && value > (bounds[at] ?? 0)) at += 1;
        series.counts[at] = (series.counts[at] ?? 0) + 1;
        series.sum += value;
      };
    },
    family: () => ({ ...family, samples: begun.flatMap((series) => samplesOf(family.name, bounds, series)) }),
  };
}

function samplesOf(
  name: string,
  bounds: readonly number[],
  { labels, counts, sum }: Series,
): RecordedFamily['samples'] {
  let count = 0;
  const buckets = counts.map((within, at) => {
    count += within;
    return { name: `${name}_bucket`, labels: { le: String(bounds[at] ?? '+Inf'), ...labels }, value: count };
  });
  return [
    ...buckets,
    { name: `${name}_sum`, labels, value: sum },
    { name: `${name}_count`, labels, value: count },
  ];
}
