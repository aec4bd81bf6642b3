/**
 * Makes equal values share one object, which saves memory. The values are never changed, so sharing is safe. Used by
 * `stage.ts` for the stages that probes keep.
 */

/**
 * A new value is first compared with this many recent ones, because most probes see the same as one of the last few.
 * Only then is it looked up by its JSON text.
 */
const MOST_RECENT = 8;
/** Beyond this number of values, the pool is emptied. Values that are still in use elsewhere stay alive. */
const MOST_KEPT = 500;

/** The returned function returns the first value that was equal to its argument. */
export function createPool<T extends object>(): (value: T) => T {
  let kept = new Map<string, T>();
  let shared = new Set<T>();
  let recent: T[] = [];
  let next = 0;
  const lookUp = (value: T): T => {
    const content = JSON.stringify(value);
    const known = kept.get(content);
    if (known !== undefined) return known;
    if (kept.size >= MOST_KEPT) {
      kept = new Map();
      shared = new Set();
      recent = [];
      next = 0;
    }
    kept.set(content, value);
    shared.add(value);
    return value;
  };
  return (value) => {
    // All probes of an app pass the same claims, and there may be more apps than recent values.
    if (shared.has(value)) return value;
    for (const one of recent) if (isAlike(one, value)) return one;
    const found = lookUp(value);
    recent[next] = found;
    next = (next + 1) % MOST_RECENT;
    return found;
  };
}

/**
 * True if both have the same members. Numbers and texts are compared by value, arrays by their elements, other objects
 * by identity.
 */
function isAlike(a: object, b: object): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => isSame(Reflect.get(a, name), Reflect.get(b, name)))
  );
}

function isSame(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((member, at) => member === b[at]);
}
