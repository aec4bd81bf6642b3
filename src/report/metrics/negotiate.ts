/** Chooses the exposition format from a scraper's `Accept` header (RFC 9110, section 12.5.1), and the compression. */
import type { Format } from './exposition.ts';

/** OpenMetrics if it is named with at least the weight of plain text; otherwise always plain text. */
export function negotiateFormat(accept: string | undefined): Format {
  const ranges = (accept ?? '').split(',').map(parseRange);
  const openmetrics = quality(ranges, 'application/openmetrics-text');
  return openmetrics > 0 && openmetrics >= quality(ranges, 'text/plain') ? 'openmetrics' : 'text';
}

/** Evaluates the `Accept-Encoding` header (section 12.5.3). */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  return quality((acceptEncoding ?? '').split(',').map(parseRange), 'gzip') > 0;
}

interface MediaRange {
  readonly type: string;
  readonly version: string | undefined;
  readonly q: number;
}

function parseRange(text: string): MediaRange {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim().toLowerCase());
  const parameters = new Map(rest.map((part) => [part.split('=')[0], part.split('=')[1]]));
  const q = Number(parameters.get('q') ?? 1);
  return { type, version: parameters.get('version'), q: Number.isFinite(q) ? q : 0 };
}

/** The highest weight of the ranges for one type, 0 if there is none. Ignores drafts of OpenMetrics. */
function quality(ranges: readonly MediaRange[], type: string): number {
  const fitting = ranges.filter((range) => range.type === type && range.version !== '0.0.1');
  return Math.max(0, ...fitting.map(({ q }) => q));
}
