/**
 * Saves memory by returning one shared instance for equal values: even twenty thousand failing targets hold few
 * different values. The values must never be changed. `status/` uses it for failures that targets keep, `store/` for
 * failures that it reads.
 */
import { fnv1a } from './fnv1a.ts';

/**
 * When a pool holds this many entries, it is emptied before the next one is added. Objects that are still in use
 * elsewhere stay shared.
 */
const MOST_KEPT = 10_000;

/** Returns the shared instance. If there is none yet, `make` creates it from the given value. */
export type Pool<T> = (value: T, make?: (value: T) => T) => T;

export function createPool<T>(): Pool<T> {
  /** Keyed by a hash of the content, so that the content is not stored a second time as a key. */
  let kept = new Map<number, T>();

  return (value, make = (same) => same) => {
    const content = JSON.stringify(value);
    const key = fnv1a(content);
    const known = kept.get(key);
    if (known !== undefined && JSON.stringify(known) === content) return known;
    if (kept.size >= MOST_KEPT) kept = new Map();
    const first = make(value);
    kept.set(key, first);
    return first;
  };
}

/** Creates a pool for short texts, which are themselves the keys. */
export function createTextPool(): (text: string) => string {
  let kept = new Map<string, string>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    if (kept.size >= MOST_KEPT) kept = new Map();
    kept.set(text, text);
    return text;
  };
}
