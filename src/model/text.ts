/**
 * Makes an untrusted text readable: one line, bounded, without control characters. Used for every message of a server,
 * a proxy or the system that enters evidence. It does not remove secrets: `redactor.ts` does.
 */
const LONGEST = 500;

/** Control characters (C0, DEL, C1), and Unicode characters that reorder or hide the characters next to them. */
// oxlint-disable-next-line no-control-regex -- this expression removes control characters
const UNSEEN = /[\u0000-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFFD]+/g;

/** `limit` counts UTF-16 units. A text that is cut ends with an ellipsis. */
export function cleanText(raw: string, limit = LONGEST): string {
  const oneLine = raw
    .slice(0, limit * 4)
    .replace(UNSEEN, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return oneLine.length <= limit
    ? oneLine
    : `${oneLine
        .slice(0, limit - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`;
}
