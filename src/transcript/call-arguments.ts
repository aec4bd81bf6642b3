/** The arguments of a call in a pasted program or trace, split where a reader would. Used by veil.ts. */

/** Of a call's arguments. */
const REACH = 600;

export interface Argument {
  readonly at: number;
  readonly value: string;
}

/** Up to the bracket that closes the call, or the end of the line. A quote closes only in front of a comma or bracket. */
export function argumentsAt(text: string, start: number): readonly Argument[] {
  const line = text.slice(start, start + REACH).split('\n', 1)[0] ?? '';
  const found: Argument[] = [];
  let depth = 0;
  let begin = 0;
  let quote = '';
  const take = (end: number): void => {
    const raw = line.slice(begin, end);
    const value = raw.trim();
    if (value !== '') found.push({ at: start + begin + raw.indexOf(value), value });
    begin = end + 1;
  };
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote && /^\s?(?:[,)\]};]|$)/.test(line.slice(at + 1, at + 3))) quote = '';
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if (character === '(' || character === '{' || character === '[') {
      depth += 1;
    } else if (character === ')' && depth === 0) {
      take(at);
      return found;
    } else if (character === ')' || character === '}' || character === ']') {
      depth = Math.max(0, depth - 1);
    } else if (character === ',' && depth === 0) {
      take(at);
    }
  }
  take(line.length);
  return found;
}
