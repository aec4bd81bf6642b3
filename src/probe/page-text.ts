/**
 * Returns the visible text at the start of an HTML page, which a proxy, portal or front end sent in place of an answer.
 * The caller must remove control characters and secrets, and limit the length.
 */

/** A page is searched only up to this length, because its message is near the start. */
const MOST_CHARACTERS = 8192;

export function pageText(page: string): string {
  return page
    .slice(0, MOST_CHARACTERS)
    .replace(/<(script|style)\b[^]*?(?:<\/\1>|$)/gi, ' ')
    .replace(/<[^<>]*>/g, ' ');
}
