/**
 * Shows an unexpected value in a message: short, without control characters, and not at all if it may be a secret under
 * the wrong key.
 */
import { distance } from 'fastest-levenshtein';
import { cleanText } from '../model/text.ts';

const LONGEST = 80;

/**
 * Matches a word of at least 16 characters with upper case, lower case and digits, or with Entra's `~`. An address or a
 * URL does not match.
 */
const SECRET_LIKE = /^(?=\S{16,}$)(?!.*(?:@|:\/\/))(?:.*~|(?=.*[a-z])(?=.*[A-Z])(?=.*\d))/;

export function looksLikeSecret(value: string): boolean {
  return SECRET_LIKE.test(value);
}

/** Shows a value: `"text"`, `the number 5`, `a list`, `nothing`. */
export function shown(value: unknown): string {
  if (typeof value !== 'string') return shownKind(value);
  if (looksLikeSecret(value)) return `${shownKind(value)}, not repeated here because it looks like a secret`;
  return `"${cleanText(value, LONGEST)}"`;
}

/** Like `shown`, but without the value of a text. For keys next to secrets. */
export function shownKind(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string')
    return value === '' ? 'an empty text' : `a text of ${value.length} characters`;
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${value}`;
  if (!Array.isArray(value)) return 'a mapping';
  return value.length === 0 ? 'an empty list' : 'a list';
}

/** Returns the known word that was probably meant. Undefined if none is similar enough. */
export function closest(word: string, known: Iterable<string>): string | undefined {
  const bound = Math.max(2, Math.floor(word.length / 3));
  let best: { readonly name: string; readonly edits: number } | undefined;
  for (const name of known) {
    if (Math.abs(name.length - word.length) > bound) continue;
    const edits = distance(word.toLowerCase(), name.toLowerCase());
    if (edits <= bound && (best === undefined || edits < best.edits)) best = { name, edits };
  }
  return best?.name;
}

export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const name = closest(word, known);
  return name === undefined ? undefined : `did you mean "${name}"?`;
}
