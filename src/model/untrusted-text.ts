/**
 * Makes untrusted text safe to show: redacted, on one line, bounded. Called wherever a message of a server, a proxy, a
 * library or the system enters evidence. The text is cut before it is redacted, so that a very long text costs no more
 * than a shorter one.
 */
import type { Redactor } from './redactor.ts';
import { cleanText } from './text.ts';

/** In UTF-16 units. */
const LIMIT = 500;
/** `cleanText` reads this many times the limit, because it joins blanks and control characters. */
const READ_AHEAD = 4;
const SHORTEST_READ = 512;
/** Longer than any secret that is recognized only as a whole. A secret that is cut in two lies within this margin. */
const MARGIN = 256;
/**
 * If the text was cut, this many characters are removed from the end of the redacted text. They may hold the first part
 * of a secret that was cut in two, even if replacements made the text longer.
 */
const DROPPED = MARGIN + 128;

export function untrustedText(text: string, redactor: Redactor, limit = LIMIT): string {
  const read = Math.max(limit * READ_AHEAD, SHORTEST_READ);
  if (text.length <= read + MARGIN) return cleanText(redactor.redact(text), limit);
  const redacted = redactor.redact(text.slice(0, read + MARGIN));
  return cleanText(redacted.slice(0, Math.max(0, redacted.length - DROPPED)), limit);
}
