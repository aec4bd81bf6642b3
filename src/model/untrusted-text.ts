/**
 * Makes an untrusted text safe to show: redacted, on one line, bounded. Used for every message of a server, a proxy, a
 * library or the system that enters evidence. A very long text is cut before it is redacted, which bounds the work.
 */
import type { Redactor } from './redactor.ts';
import { cleanText } from './text.ts';

/** In UTF-16 units. */
const LIMIT = 500;
/** `cleanText` reads this many times the limit, because it merges blanks and control characters. */
const READ_AHEAD = 4;
const SHORTEST_READ = 512;
/**
 * The text is read this much further than needed. The margin is longer than any secret that is recognized only as a
 * whole. So only a secret that begins within the margin can be cut in two.
 */
const MARGIN = 256;
/** This many characters are removed from the end of a text that was cut. They may hold the first part of a secret. */
const DROPPED = MARGIN + 128;

export function untrustedText(text: string, redactor: Redactor, limit = LIMIT): string {
  const read = Math.max(limit * READ_AHEAD, SHORTEST_READ);
  if (text.length <= read + MARGIN) return cleanText(redactor.redact(text), limit);
  const redacted = redactor.redact(text.slice(0, read + MARGIN));
  return cleanText(redacted.slice(0, Math.max(0, redacted.length - DROPPED)), limit);
}
