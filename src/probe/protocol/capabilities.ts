/**
 * Returns the capabilities that a server lists, as evidence. Equal lists share one array, because ten thousand probes
 * of one server may hold the same list.
 */
import type { Sanitize } from './server-text.ts';

const MOST_NAMES = 64;
const LONGEST_NAME = 256;
/** At most this many lists are kept. Lists differ by server version, and a fleet has fewer versions than this. */
const MOST_LISTS = 100;

const lists = new Map<string, readonly string[]>();

export function shownCapabilities(names: readonly string[], sanitize: Sanitize): readonly string[] {
  const bounded = names.slice(0, MOST_NAMES).map((name) => name.slice(0, LONGEST_NAME));
  const key = bounded.join('\n');
  const known = lists.get(key);
  if (known !== undefined) return known;
  const list = bounded.map(sanitize);
  if (lists.size === MOST_LISTS) lists.clear();
  lists.set(key, list);
  return list;
}
