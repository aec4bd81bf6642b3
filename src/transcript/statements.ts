/**
 * Finds the places of a pasted text at which a word of the vocabulary reports a failure. A word in a longer identifier,
 * in a list of codes or in a link to help reports no failure.
 */
import type { Finder, Place } from './finder.ts';

const MOST_PLACES = 20;
const IDENTIFIER = /^[a-z0-9_']+$/;
/** An escaped line end before the word: `\nECONNREFUSED`. */
const ESCAPE = /\\[nrt]$/;
/** A link is a link to help if words of `HELPS` are at most this many characters before it. */
const LINK_REACH = 80;
const LINK = /https?:\/\/[^\s"'<>]{1,300}/gi;
const HELPS =
  /\b(?:details?|see|help|learn more|more info(?:rmation)?|documentation|docs|instructions|visit|refer to|troubleshoot\w{0,6}|read)\b[^\n)/]{0,60}$/i;
/** Hosts of documentation. They serve neither mail nor tokens. */
const MANUALS =
  /^https?:\/\/(?:curl\.(?:se|haxx\.se)|docs\.[\w.-]{1,80}|learn\.microsoft\.com|aka\.ms|go\.microsoft\.com|github\.com|stackoverflow\.com)(?:\/|$)/i;

export function statementsOf(finder: Finder, word: string, most = MOST_PLACES): readonly Place[] {
  return finder
    .places(word)
    .filter(({ at }) => isWhole(finder.lower, at, word) && !isSetting(finder.lower, at, word))
    .slice(0, most);
}

/**
 * Returns the first statement that has one of the words, and whose line matches the pattern. Undefined if there is
 * none.
 */
export function findStatement(finder: Finder, words: readonly string[], pattern?: RegExp): Place | undefined {
  for (const word of words) {
    const hit = statementsOf(finder, word, Number.POSITIVE_INFINITY).find(
      ({ line }) => pattern === undefined || pattern.test(line),
    );
    if (hit !== undefined) return hit;
  }
  return undefined;
}

/**
 * Whether the word is complete: `enotfound` does not count in `FileNotFoundError`, nor `errno 110` in `Errno 11001`.
 */
function isWhole(text: string, at: number, word: string): boolean {
  const after = text.charAt(at + word.length);
  if (/\d$/.test(word) && /\d/.test(after)) return false;
  if (!IDENTIFIER.test(word)) return true;
  return !/\w/.test(after) && (!/\w/.test(text.charAt(at - 1)) || ESCAPE.test(text.slice(at - 2, at)));
}

/**
 * Whether the word is an item of a list: `retry: ['ETIMEDOUT', 'ENOTFOUND']` is a setting of a program, not a failure.
 */
function isSetting(text: string, at: number, word: string): boolean {
  if (!IDENTIFIER.test(word)) return false;
  const before = text.slice(Math.max(0, at - 4), at);
  const after = text.slice(at + word.length, at + word.length + 4);
  return /[[,]\s?['"]$/.test(before) && /^['"]\s?[,\]]/.test(after);
}

/** Returns the text with blanks in place of links to help. Offsets stay the same. */
export function withoutHelp(text: string): string {
  return text.replace(LINK, (link, at: number) => {
    const isHelp = MANUALS.test(link) || HELPS.test(text.slice(Math.max(0, at - LINK_REACH), at));
    return isHelp ? ' '.repeat(link.length) : link;
  });
}
