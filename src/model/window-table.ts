/**
 * A set of texts of one length, and the search for them in a longer text. It keeps 64-bit hashes in typed arrays and
 * not the texts, because those of a day would take 100 MB and each search would take a copy. The hash is the rolling
 * one of Rabin and Karp, once for each of two bases. Two texts with the same hash are treated as the same, which
 * happens by chance once in 10^13 searches of a full table. Used by the redactor.
 */
/** The number of characters of each text. */
export const WINDOW = 16;

export interface WindowTable {
  /** `window` has `WINDOW` characters. Returns false if it is known. */
  readonly add: (window: string) => boolean;
  readonly has: (high: number, low: number) => boolean;
  readonly size: () => number;
}

const FEWEST_SLOTS = 256;
/** More full slots would make searches slow, and fewer would take more memory. */
const FULLEST = 0.75;
/** Any odd number with bits in all places is suitable as a base. */
const BASES = { high: 0x01_00_01_93, low: 0x9e_37_79_b1 };
/** Stands for a hash of zero, because two zeros are an empty slot. */
const NOT_EMPTY = 1;
const OLDEST = { high: power(BASES.high, WINDOW), low: power(BASES.low, WINDOW) };

export function createWindowTable(): WindowTable {
  /** Two numbers for each slot. Both are zero in an empty slot. */
  let slots = new Int32Array(2 * FEWEST_SLOTS);
  let size = 0;

  const insert = (high: number, low: number): boolean => {
    const at = slotOf(slots, high, low);
    if (isAt(slots, at, high, low)) return false;
    slots[at] = high;
    slots[at + 1] = low;
    return true;
  };
  const grow = (): void => {
    const old = slots;
    slots = new Int32Array(2 * old.length);
    for (let at = 0; at < old.length; at += 2) {
      const [high = 0, low = 0] = [old[at], old[at + 1]];
      if (high !== 0 || low !== 0) insert(high, low);
    }
  };

  return {
    add(window) {
      if (size >= (slots.length / 2) * FULLEST) grow();
      const isNew = insert(hashOf(window, BASES.high), hashOf(window, BASES.low) || NOT_EMPTY);
      if (isNew) size += 1;
      return isNew;
    },
    has: (high, low) => isAt(slots, slotOf(slots, high, low), high, low),
    size: () => size,
  };
}

/** Returns the index of the slot that holds the hash, or else of the empty slot for it. */
function slotOf(slots: Int32Array, high: number, low: number): number {
  const last = slots.length - 2;
  let at = (Math.imul(high ^ (high >>> 15), BASES.low) >>> 1) & last;
  while (!isAt(slots, at, 0, 0) && !isAt(slots, at, high, low)) at = at === last ? 0 : at + 2;
  return at;
}

function isAt(slots: Int32Array, at: number, high: number, low: number): boolean {
  return slots[at] === high && slots[at + 1] === low;
}

/** Whether one of the tables holds a part of the text. */
export function holdsWindow(tables: readonly WindowTable[], text: string): boolean {
  return holdsWithin(tables, text, 0, text.length);
}

/**
 * Does the same, but searches runs only. `isInRun` has an entry above 0 for the code of each character of a run. Text
 * without long runs is searched in large steps: no window contains a character that is in no run.
 */
export function holdsWindowInRun(tables: readonly WindowTable[], text: string, isInRun: Uint8Array): boolean {
  let from = 0;
  while (from + WINDOW <= text.length) {
    const gap = lastGap(text, from, from + WINDOW, isInRun);
    if (gap !== undefined) {
      from = gap + 1;
      continue;
    }
    let to = from + WINDOW;
    while (to < text.length && isInRun[text.charCodeAt(to)] === 1) to += 1;
    if (holdsWithin(tables, text, from, to)) return true;
    from = to + 1;
  }
  return false;
}

/** Returns the last place from `from` to before `to` whose character is in no run. */
function lastGap(text: string, from: number, to: number, isInRun: Uint8Array): number | undefined {
  for (let at = to - 1; at >= from; at -= 1) if (isInRun[text.charCodeAt(at)] !== 1) return at;
  return undefined;
}

/**
 * All numbers stay within 32 bits with a sign. V8 would allocate an object for each larger number, which is 200 kB for a
 * text of 7 kB.
 */
function holdsWithin(tables: readonly WindowTable[], text: string, from: number, to: number): boolean {
  let high = 0;
  let low = 0;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    high = (Math.imul(high, BASES.high) + code) | 0;
    low = (Math.imul(low, BASES.low) + code) | 0;
    if (at >= from + WINDOW) {
      const oldest = text.charCodeAt(at - WINDOW);
      high = (high - Math.imul(OLDEST.high, oldest)) | 0;
      low = (low - Math.imul(OLDEST.low, oldest)) | 0;
    }
    if (at >= from + WINDOW - 1 && isInOne(tables, high, low || NOT_EMPTY)) return true;
  }
  return false;
}

function isInOne(tables: readonly WindowTable[], high: number, low: number): boolean {
  for (const table of tables) if (table.has(high, low)) return true;
  return false;
}

function hashOf(window: string, base: number): number {
  let hash = 0;
  for (let at = 0; at < WINDOW; at += 1) hash = (Math.imul(hash, base) + window.charCodeAt(at)) | 0;
  return hash;
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let times = 0; times < exponent; times += 1) result = Math.imul(result, base);
  return result;
}
