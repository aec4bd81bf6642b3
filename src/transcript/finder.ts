/**
 * Finds words in a long text fast. It first searches for a hint, which is a plain text in lower case, and tries the
 * pattern only on the lines around the hint. It skips a hint without searching if some five characters of the hint
 * occur nowhere in the text.
 */
export interface Place {
  readonly at: number;
  /** The hint that matched. */
  readonly word: string;
  /** The line of the match and the two lines after it, joined with blanks. */
  readonly line: string;
  /** How many characters of `line` come before the match. */
  readonly head: number;
}

export interface Finder {
  readonly text: string;
  readonly lower: string;
  /** Whether the word, in lower case, occurs anywhere. */
  readonly has: (word: string) => boolean;
  /** Returns the first 200 matches of a hint. If there are more, also returns the last one. */
  readonly places: (hint: string) => readonly Place[];
  /** Returns the first match of a hint whose `line` matches the pattern. Undefined if there is none. */
  readonly find: (hints: readonly string[], pattern?: RegExp) => Place | undefined;
}

const MOST_PLACES = 200;
const BEFORE = 200;
const AFTER = 600;

export function createFinder(text: string): Finder {
  // A sentence may be wrapped at a blank, so line ends become blanks. Offsets stay the same.
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

/**
 * A table records, by hash, which runs of this many characters occur in the text. If two runs have the same hash, the
 * only harm is a search for a hint that does not occur.
 */
const RUN = 5;
/**
 * The table has one bit per slot, so it takes at most 8 MB. Ten megabytes of base64, in which hardly any run repeats,
 * fill a seventh of the table.
 */
const MOST_SLOTS = 2 ** 26;
const FEWEST_SLOTS = 2 ** 10;
/** With this many slots, two different runs rarely have the same slot. */
const SLOTS_PER_CHARACTER = 16;
/** 2 to the 32nd divided by the golden ratio. Multiplying by it spreads the runs evenly over the slots. */
const SPREAD = 0x9e3779b1;

function createSieve(text: string): (word: string) => boolean {
  const wanted = Math.min(MOST_SLOTS, Math.max(FEWEST_SLOTS, text.length * SLOTS_PER_CHARACTER));
  const bits = Math.ceil(Math.log2(wanted));
  const seen = new Uint32Array(2 ** bits / 32);
  const slotsOf = (word: string, mark: (slot: number) => boolean): boolean => {
    let hash = 0;
    for (let at = 0; at < word.length; at += 1) {
      // Five shifts by six bits push everything older than five characters out of the hash.
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

/** Returns the whole line of a match and the two lines after it, because a sentence may be wrapped. */
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

/** Returns the line at that offset, without the lines after it. */
function lineAt(text: string, at: number): string {
  const after = text.slice(at, at + AFTER);
  const end = after.indexOf('\n');
  return headOf(text, at) + (end < 0 ? after : after.slice(0, end));
}

/**
 * Returns the part of the line before that offset, but at most `BEFORE` characters, because a line may be megabytes
 * long.
 */
function headOf(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - BEFORE), at);
  return before.slice(before.lastIndexOf('\n') + 1);
}

/**
 * Returns the line at that offset. If the line is short, also returns the next two lines, because the sentence may be
 * wrapped. The result is searched, but never shown.
 */
export function excerpt(finder: Finder, at: number): string {
  const line = lineAt(finder.text, at);
  if (line.length >= 30) return line;
  const head = headOf(finder.text, at);
  return (head + finder.text.slice(at, at + 200)).split('\n').slice(0, 3).join('\n');
}
