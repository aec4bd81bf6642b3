/**
 * Chooses the format of the metrics from a scraper's `Accept` header, and the compression from `Accept-Encoding` (RFC
 * 9110, sections 12.5.1 and 12.5.3).
 */
import type { Format } from './exposition.ts';

/** Returns OpenMetrics if the header names it with at least the weight of plain text. Otherwise returns plain text. */
export function negotiateFormat(accept: string | undefined): Format {
  const ranges = (accept ?? '').split(',').map(parseRange);
  const openmetrics = quality(ranges, 'application/openmetrics-text');
  return openmetrics > 0 && openmetrics >= quality(ranges, 'text/plain') ? 'openmetrics' : 'text';
}

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

/**
 * Returns the highest weight of a type in the header. Returns 0 if the header does not name the type. Ignores drafts of
 * OpenMetrics.
 */
function quality(ranges: readonly MediaRange[], type: string): number {
  const fitting = ranges.filter((range) => range.type === type && range.version !== '0.0.1');
  return Math.max(0, ...fitting.map(({ q }) => q));
}
