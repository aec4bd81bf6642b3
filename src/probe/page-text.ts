/**
 * The visible text at the start of an HTML page that a proxy, portal or front end sent instead of an answer. The callers
 * clean and bound it.
 */

/** Enough for its message; the rest is not read. */
const MOST_CHARACTERS = 8192;

export function pageText(page: string): string {
  return page
    .slice(0, MOST_CHARACTERS)
    .replace(/<(script|style)\b[^]*?(?:<\/\1>|$)/gi, ' ')
    .replace(/<[^<>]*>/g, ' ');
}
