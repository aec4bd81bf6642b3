/**
 * Long work in short pieces: lets the looks in flight have the event loop in between, so that no look's seconds
 * are ours. Used by everything that walks all targets to write text.
 */
import { setImmediate as breathe } from 'node:timers/promises';

/** A piece ends when it has taken this long, looked at after each so many items, or when it has grown this large. */
const LONGEST_MS = 4;
const LOOK_EVERY = 16;
const LARGEST = 256;

/** The text of all items, a piece at a time; the loop runs between two pieces. Empty pieces are left out. */
export async function* textInSlices<T>(
  items: readonly T[],
  write: (item: T, index: number) => string,
): AsyncGenerator<string> {
  let at = 0;
  while (at < items.length) {
    const from = at;
    const began = performance.now();
    let text = '';
    do {
      const to = Math.min(at + LOOK_EVERY, items.length);
      for (; at < to; at += 1) {
        const item = items[at];
        if (item !== undefined) text += write(item, at);
      }
    } while (at < items.length && at - from < LARGEST && performance.now() - began < LONGEST_MS);
    if (text !== '') yield text;
    await breathe();
  }
}

/** All pieces as one text. */
export async function joined(chunks: AsyncIterable<string>): Promise<string> {
  const parts: string[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return parts.join('');
}
