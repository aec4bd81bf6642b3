/**
 * Finds words in a long text fast: a plain search for a lower-case hint first, and a pattern only around the places
 * where the hint stands. A hint is searched only if all its runs of five characters occur somewhere in the text, so
 * that noise costs one pass, whatever it is made of.
 */
export interface Place {
  readonly at: number;
  /** The hint that stands there. */
  readonly word: string;
  readonly line: string;
  /** How many characters of `line` stand before `at`. */
  readonly head: number;
}

export interface Finder {
  readonly text: string;
  readonly lower: string;
  /** Does the lower-case word stand anywhere? */
  readonly has: (word: string) => boolean;
  /** The lines around the first and last places of a hint. */
  readonly places: (hint: string) => readonly Place[];
  /** The line around the first place where one of the hints stands and the pattern fits. */
  readonly find: (hints: readonly string[], pattern?: RegExp) => Place | undefined;
}

const MOST_PLACES = 200;
const BEFORE = 200;
const AFTER = 600;

export function createFinder(text: string): Finder {
  // A sentence may be wrapped anywhere; every place stays where it is.
  const lower = text.toLowerCase().replaceAll('\n', ' ');
  const mayHold = createSieve(lower);
  const places = (hint: string): readonly Place[] => {
    if (!mayHold(hint)) return [];
    const found: Place[] = [];
    for (
      let at = lower.indexOf(hint);
      at >= 0 && found.length < MOST_PLACES;
      at = lower.indexOf(hint, at + hint.length)
    ) {
      found.push(around(text, at, hint));
    }
    const last = found.length < MOST_PLACES ? -1 : lower.lastIndexOf(hint);
    return last < 0 ? found : [...found, around(text, last, hint)];
  };
  return {
    text,
    lower,
    has: (word) => mayHold(word) && lower.includes(word),
    places,
    find: (hints, pattern) => {
      for (const hint of hints) {
        const hit = places(hint).find(({ line }) => pattern === undefined || pattern.test(line));
        if (hit !== undefined) return hit;
      }
      return undefined;
    },
  };
}

/** Runs of this many characters are remembered, by a hash: false alarms cost a search, nothing is missed. */
const RUN = 5;
/** One bit each, 8 MB: ten megabytes of base64, in which hardly a run comes twice, take every seventh. */
const MOST_SLOTS = 2 ** 26;
const FEWEST_SLOTS = 2 ** 10;
/** So that few slots are taken by accident. */
const SLOTS_PER_CHARACTER = 16;
/** Spreads the runs over the slots: 2 to the 32nd over the golden ratio. */
const SPREAD = 0x9e3779b1;

function createSieve(text: string): (word: string) => boolean {
  const wanted = Math.min(MOST_SLOTS, Math.max(FEWEST_SLOTS, text.length * SLOTS_PER_CHARACTER));
  const bits = Math.ceil(Math.log2(wanted));
  const seen = new Uint32Array(2 ** bits / 32);
  const slotsOf = (word: string, mark: (slot: number) => boolean): boolean => {
    let hash = 0;
    for (let at = 0; at < word.length; at += 1) {
      // Five shifts of six bits push what is older than five characters out of the hash.
      hash = ((hash << 6) ^ word.charCodeAt(at)) & 0x3fffffff;
      if (at >= RUN - 1 && !mark(Math.imul(hash, SPREAD) >>> (32 - bits))) return false;
    }
    return true;
  };
  slotsOf(text, (slot) => {
    seen[slot >>> 5] = (seen[slot >>> 5] ?? 0) | (1 << (slot & 31));
    return true;
  });
  return (word) => slotsOf(word, (slot) => ((seen[slot >>> 5] ?? 0) & (1 << (slot & 31))) !== 0);
}

/** A sentence may be wrapped: two lines further belong to it, and the line's own beginning. */
function around(text: string, at: number, word: string): Place {
  const after = text.slice(at, at + AFTER);
  let to = 0;
  for (let line = 0; line < 3 && to < after.length; line += 1) {
    const end = after.indexOf('\n', to + 1);
    to = end < 0 ? after.length : end;
  }
  const head = headOf(text, at);
  return { at, word, line: (head + after.slice(0, to)).replaceAll('\n', ' '), head: head.length };
}

/** The line itself, without what follows it. */
function lineAt(text: string, at: number): string {
  const after = text.slice(at, at + AFTER);
  const end = after.indexOf('\n');
  return headOf(text, at) + (end < 0 ? after : after.slice(0, end));
}

/** Lines may be megabytes long: no search goes further than a window. */
function headOf(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - BEFORE), at);
  return before.slice(before.lastIndexOf('\n') + 1);
}

/** The line that says it, and, where it is short, the next two: a sentence is wrapped there. Read, never shown. */
export function excerpt(finder: Finder, at: number): string {
  const line = lineAt(finder.text, at);
  if (line.length >= 30) return line;
  const head = headOf(finder.text, at);
  return (head + finder.text.slice(at, at + 200)).split('\n').slice(0, 3).join('\n');
}
