/**
 * Quotes the recognized words of a pasted text, and as much of a known sentence around them as the text holds. Each
 * character of the result comes from the vocabulary or belongs to a value that may be shown. So no secret in the text
 * is quoted.
 */
import { KNOWN_SENTENCES } from '../vocabulary/sentences.ts';
import { SHOWN, UNSHOWN } from './identifiers.ts';

const LONGEST = 600;
const LONGEST_VALUE = 200;

interface Sentence {
  readonly says: string;
  readonly lower: string;
}

const SENTENCES: readonly Sentence[] = KNOWN_SENTENCES.map((says) => ({ says, lower: says.toLowerCase() }));

/** Returns the quotation. `words` are the recognized words in lower case, and `at` is their offset in `text`. */
export function quote(text: string, at: number, words: string): string {
  const before = text.slice(Math.max(0, at - LONGEST), at);
  const after = text.slice(at + words.length, at + words.length + LONGEST);
  const own = text.slice(at, at + words.length).replaceAll('\n', ' ');
  const longest = SENTENCES.filter(({ lower }) => lower.includes(words))
    .map(({ says, lower }) => {
      const from = lower.indexOf(words);
      const to = from + words.length;
      return backward(says.slice(0, from), before) + says.slice(from, to) + forward(says.slice(to), after);
    })
    .reduce((best, each) => (each.length > best.length ? each : best), own);
  return trim(longest, ' :;,.)]', ' :;,[(');
}

function trim(text: string, before: string, after: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && before.includes(text.charAt(from))) from += 1;
  while (to > from && after.includes(text.charAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

/**
 * Returns the longest part of `rest` with which `text` begins, up to the end of a word. Each value in the result is in
 * the form in which it may be shown.
 */
function forward(rest: string, text: string): string {
  let shown = '';
  let whole = '';
  let at = 0;
  for (let from = 0; from < rest.length; ) {
    const slot = slotAt(rest, from);
    if (slot !== undefined) {
      const value = valueAt(text, at, rest.charAt(slot.end));
      if (value === undefined) break;
      shown += (SHOWN[slot.name] ?? hide)(value);
      at += value.length;
      from = slot.end;
    } else {
      const character = rest.charAt(from);
      if (!isSame(character, text.charAt(at))) {
        const isInWord = /\w/.test(character) && /\w$/.test(shown);
        return isInWord || isWithinWord(shown, text, at) ? whole : shown;
      }
      if (character === ' ') whole = shown;
      shown += character;
      at += 1;
      from += 1;
    }
  }
  return isWithinWord(shown, text, at) ? whole : shown;
}

function isWithinWord(shown: string, text: string, at: number): boolean {
  return /\w$/.test(shown) && /\w/.test(text.charAt(at));
}

/** Returns the longest part of `rest` with which `text` ends, from the beginning of a word. The part holds no value. */
function backward(rest: string, text: string): string {
  const words = rest.slice(rest.lastIndexOf('}') + 1);
  let length = 0;
  let whole = 0;
  while (length < words.length && isSame(words.at(-1 - length) ?? '', text.at(-1 - length) ?? '')) {
    length += 1;
    if (length === words.length || words.at(-1 - length) === ' ') whole = length;
  }
  const complete = !/\w$/.test(text.slice(0, text.length - whole)) || words.at(-whole) === ' ';
  return whole === 0 || !complete ? '' : words.slice(-whole);
}

function hide(): string {
  return UNSHOWN;
}

function slotAt(rest: string, from: number): { readonly name: string; readonly end: number } | undefined {
  if (rest.charAt(from) !== '{') return undefined;
  const close = rest.indexOf('}', from);
  return { name: rest.slice(from + 1, close), end: close + 1 };
}

/**
 * Returns the value at that offset, up to the closing quote or bracket, or up to a blank. A full stop at the end
 * belongs to the sentence, not to the value. Undefined if the value is empty.
 */
function valueAt(text: string, at: number, closing: string): string | undefined {
  const value = text.slice(at, at + LONGEST_VALUE);
  const quoted = closing === "'" || closing === ')';
  const end = value.search(closing === ')' ? /[)\n]/ : quoted ? /['"\n]/ : /[\s'",;()]/);
  const found = trim(end < 0 ? value : value.slice(0, end), '', quoted ? '' : '.:');
  return found === '' ? undefined : found;
}

/** Whether both characters are equal. A line end counts as a blank, and single quotes count as double ones. */
function isSame(known: string, found: string): boolean {
  if (known === ' ') return found === ' ' || found === '\n';
  if (known === "'" || known === '"') return found === "'" || found === '"';
  return known.toLowerCase() === found.toLowerCase();
}
