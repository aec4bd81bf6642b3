/**
 * Splits long lists into pages. The cursor is the id of the last item on the previous page. So if the list changes
 * between two pages, no remaining item is repeated or skipped.
 */
import { z } from 'zod';
import { cleanText } from '../../model/text.ts';
import type { Parameter } from './parameters.ts';
import { ProblemError } from './problem-details.ts';
import { badParameter } from './query.ts';

const MOST_ITEMS = 1_000;

export const limitParameter = (most: number): Parameter => ({
  name: 'limit',
  in: 'query',
  description: 'The most items in the answer.',
  schema: { type: 'integer', minimum: 1, maximum: most, default: most },
});

export const CURSOR: Parameter = {
  name: 'cursor',
  in: 'query',
  description: 'From `next` of the previous page.',
  schema: { type: 'string' },
};

export const PAGE_PARAMETERS: readonly Parameter[] = [limitParameter(MOST_ITEMS), CURSOR];

export const nextSchema = z
  .string()
  .optional()
  .describe('Path and query of the next page; absent on the last page');

export interface Page<T> {
  readonly items: readonly T[];
  /** Path and query of the next page. Absent on the last page. */
  readonly next?: string;
}

/**
 * Returns one page of `items`. `path` is the path of the list. The path of the next page keeps the other parameters.
 */
export function pageOf<T>(
  items: readonly T[],
  idOf: (item: T) => string,
  path: string,
  parameters: ReadonlyMap<string, string>,
): Page<T> {
  const limit = readLimit(parameters.get('limit'), MOST_ITEMS);
  const from = startOf(items, idOf, parameters.get('cursor'));
  const page = items.slice(from, from + limit);
  const last = page.at(-1);
  if (last === undefined || from + limit >= items.length) return { items: page };
  return { items: page, next: nextPath(path, parameters, idOf(last)) };
}

export function nextPath(path: string, parameters: ReadonlyMap<string, string>, cursor: string): string {
  const query = new URLSearchParams([...parameters].filter(([name]) => name !== 'cursor'));
  query.set('cursor', cursor);
  return `${path}?${query.toString()}`;
}

export function readLimit(given: string | undefined, most: number): number {
  if (given === undefined) return most;
  const limit = /^\d{1,9}$/.test(given) ? Number(given) : 0;
  if (limit >= 1 && limit <= most) return limit;
  throw badParameter('limit', `is "${cleanText(given, 40)}". Expected a number from 1 to ${most}.`);
}

function startOf<T>(items: readonly T[], idOf: (item: T) => string, cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const at = items.findIndex((item) => idOf(item) === cursor);
  if (at !== -1) return at + 1;
  const detail = `This list has no item with the id "${cleanText(cursor, 80)}" (any more). Begin again without a cursor.`;
  throw new ProblemError('stale-cursor', detail);
}
