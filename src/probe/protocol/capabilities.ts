/**
 * What a server says that it can do, as evidence. Equal lists are one array: ten thousand looks at one server, and
 * their histories, hold it once.
 */
import type { Words } from './server-text.ts';

const MOST_NAMES = 64;
const LONGEST_NAME = 256;
/** Servers differ by their version: this is many of them. */
const MOST_LISTS = 100;

const lists = new Map<string, readonly string[]>();

export function shownCapabilities(names: readonly string[], words: Words): readonly string[] {
  const told = names.slice(0, MOST_NAMES).map((name) => name.slice(0, LONGEST_NAME));
  const key = told.join('\n');
  const known = lists.get(key);
  if (known !== undefined) return known;
  const list = told.map(words);
  if (lists.size === MOST_LISTS) lists.clear();
  lists.set(key, list);
  return list;
}
