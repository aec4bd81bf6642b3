/**
 * Returns the visible text at the start of an HTML page that a proxy, portal or front end sent instead of an answer.
 * The callers remove control characters and secrets, and limit its length.
 */

/** Only this many characters of a page are searched. Its message is near the start. */
const MOST_CHARACTERS = 8192;

export function pageText(page: string): string {
  return page
    .slice(0, MOST_CHARACTERS)
    .replace(/<(script|style)\b[^]*?(?:<\/\1>|$)/gi, ' ')
    .replace(/<[^<>]*>/g, ' ');
}
