/**
 * Reads HTML entities, HTML tags and hex digits at one offset of a text. Each function reads only a few characters
 * ahead, so that the work is linear.
 */
const ENTITIES: Readonly<Record<string, number>> = {
  quot: 34,
  apos: 39,
  amp: 38,
  lt: 60,
  gt: 62,
  nbsp: 32,
  '#39': 39,
  '#34': 34,
  '#x27': 39,
  '#x22': 34,
  '#xd': 10,
  '#xa': 10,
  '#10': 10,
  '#13': 10,
};

/** The HTML tags that are removed. Others, such as `<tenant>`, count as text. */
const TAGS: ReadonlySet<string> = new Set([
  'br',
  'p',
  'div',
  'span',
  'b',
  'i',
  'em',
  'strong',
  'code',
  'pre',
  'td',
  'tr',
  'li',
  'a',
  'font',
  'h1',
  'h2',
]);
const LONGEST_TAG = 200;

export function entityAt(
  text: string,
  at: number,
): { readonly code: number; readonly end: number } | undefined {
  for (let end = at + 3; end < at + 8; end += 1) {
    if (text.charAt(end) !== ';') continue;
    const name = text.slice(at + 1, end).toLowerCase();
    const code = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
    return code === undefined ? undefined : { code, end: end + 1 };
  }
  return undefined;
}

/** Returns the offset after the tag that begins at `at`. Undefined if none begins at `at`. */
export function tagEndAt(text: string, at: number): number | undefined {
  const name = /^<\/?([a-z][a-z0-9]{0,6})(?=[\s/>])/i.exec(text.slice(at, at + 12))?.[1];
  if (name === undefined || !TAGS.has(name.toLowerCase())) return undefined;
  for (let end = at + 1; end < at + LONGEST_TAG; end += 1) {
    const character = text.charAt(end);
    if (character === '>') return end + 1;
    if (character === '<' || character === '') return undefined;
  }
  return undefined;
}

export function hexAt(text: string, at: number, digits: number): number | undefined {
  const hex = text.slice(at, at + digits);
  return hex.length === digits && /^[0-9a-f]+$/i.test(hex) ? Number.parseInt(hex, 16) : undefined;
}
