/**
 * Makes an untrusted text safe to show: one line, bounded, without control characters. Called wherever a message of a
 * server, a proxy or the system enters evidence. It does not remove secrets, which the redactor does.
 */
const LONGEST = 500;

/** The control characters C0, DEL and C1, and the Unicode characters that reorder or hide their neighbors. */
// oxlint-disable-next-line no-control-regex -- this expression removes control characters
const UNSEEN = /[\u0000-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFFD]+/g;

/** `limit` counts UTF-16 units. A text that is cut ends in an ellipsis. */
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
