/**
 * Makes a foreign text fit to be shown: one line, bounded, without control characters. Called wherever the words
 * of a server, a proxy or the system enter our evidence. Secrets are the redactor's.
 */
const LONGEST = 500;

/** C0, DEL, C1, and the Unicode characters that reorder or hide what stands beside them. */
// oxlint-disable-next-line no-control-regex -- the control characters are what this removes
const UNSEEN = /[\u0000-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFFD]+/g;

/** `limit` counts UTF-16 units; a longer text ends in an ellipsis. */
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
