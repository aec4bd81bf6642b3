/** Interns equal values of one kind. They are never changed, so sharing is safe. Used by `stage.ts` for what probes keep. */

/** Beyond this many values, the pool is emptied. Shared values live on as long as they are in use. */
const MOST_KEPT = 500;

/** Returns the first of the values that were equal to this one. */
export function createPool<T extends object>(): (value: T) => T {
  let kept = new Map<string, T>();
  return (value) => {
    const content = JSON.stringify(value);
    const known = kept.get(content);
    if (known !== undefined) return known;
    if (kept.size >= MOST_KEPT) kept = new Map();
    kept.set(content, value);
    return value;
  };
}
