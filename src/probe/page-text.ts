/**
 * The text of an HTML page that came in the place of an answer: of a proxy, a portal, a front end. What a person would
 * see of its beginning, the title first; its callers clean and bound it.
 */

/** Enough for its message: the rest is not read. */
const MOST_CHARACTERS = 8192;

export function pageText(page: string): string {
  return page
    .slice(0, MOST_CHARACTERS)
    .replace(/<(script|style)\b[^]*?(?:<\/\1>|$)/gi, ' ')
    .replace(/<[^<>]*>/g, ' ');
}
