/**
 * Makes equal values share one object. The values are never changed, so sharing is safe. Used by `stage.ts` for what
 * probes keep.
 */

/**
 * This many recent values are compared member by member, before a value is looked up by its JSON text. Most probes of a
 * fleet see what one of the last few saw.
 */
const MOST_RECENT = 8;
/** Beyond this many values, the pool is emptied. A value that is still in use elsewhere stays alive. */
const MOST_KEPT = 500;

/** Returns a function that returns the first value that was equal to the given one. */
export function createPool<T extends object>(): (value: T) => T {
  let kept = new Map<string, T>();
  let recent: T[] = [];
  let next = 0;
  const lookUp = (value: T): T => {
    const content = JSON.stringify(value);
    const known = kept.get(content);
    if (known !== undefined) return known;
    if (kept.size >= MOST_KEPT) {
      kept = new Map();
      recent = [];
      next = 0;
    }
    kept.set(content, value);
    return value;
  };
  return (value) => {
    for (const one of recent) if (isAlike(one, value)) return one;
    const shared = lookUp(value);
    recent[next] = shared;
    next = (next + 1) % MOST_RECENT;
    return shared;
  };
}

/**
 * Returns true if both have the same members: numbers and texts are compared by value, arrays by their elements, other
 * objects by identity.
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
