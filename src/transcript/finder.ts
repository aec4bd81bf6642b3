/**
 * Finds words in a long text fast: a plain search for a lower-case hint first, and a pattern only around each match. A
 * hint is searched for only if all of its runs of five characters occur somewhere in the text. So a text without any
 * hint costs one pass.
 */
export interface Place {
  readonly at: number;
  /** The hint that matched. */
  readonly word: string;
  readonly line: string;
  /** How many characters of `line` come before `at`. */
  readonly head: number;
}

export interface Finder {
  readonly text: string;
  readonly lower: string;
  /** Does the lower-case word occur anywhere? */
  readonly has: (word: string) => boolean;
  /** The lines around the first and the last matches of a hint. */
  readonly places: (hint: string) => readonly Place[];
  /** The line around the first match of a hint that the pattern fits, too. */
  readonly find: (hints: readonly string[], pattern?: RegExp) => Place | undefined;
}

const MOST_PLACES = 200;
const BEFORE = 200;
const AFTER = 600;

export function createFinder(text: string): Finder {
  // A sentence may be wrapped at any character; offsets stay the same.
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

/** Runs of this many characters are recorded in a table, by hash. A collision costs a search; nothing is missed. */
const RUN = 5;
/**
 * The table has one bit per slot, so 8 MB at most. Ten megabytes of base64, where hardly any run repeats, fill a
 * seventh of it.
 */
const MOST_SLOTS = 2 ** 26;
const FEWEST_SLOTS = 2 ** 10;
/** Enough that chance rarely takes a slot. */
const SLOTS_PER_CHARACTER = 16;
/** Spreads the runs over the slots: 2 to the 32nd divided by the golden ratio. */
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

/** The line with its beginning and, because a sentence may be wrapped, the two lines after it. */
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

/** The rest of the line itself, without the lines after it. */
function lineAt(text: string, at: number): string {
  const after = text.slice(at, at + AFTER);
  const end = after.indexOf('\n');
  return headOf(text, at) + (end < 0 ? after : after.slice(0, end));
}

/** A line may be megabytes long, so no search goes beyond a window. */
function headOf(text: string, at: number): string {
  const before = text.slice(Math.max(0, at - BEFORE), at);
  return before.slice(before.lastIndexOf('\n') + 1);
}

/**
 * The line at that offset and, if it is short, the next two, because the sentence may be wrapped. Read, never shown.
 */
export function excerpt(finder: Finder, at: number): string {
  const line = lineAt(finder.text, at);
  if (line.length >= 30) return line;
  const head = headOf(finder.text, at);
  return (head + finder.text.slice(at, at + 200)).split('\n').slice(0, 3).join('\n');
}
