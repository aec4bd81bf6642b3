/**
 * Long work in short pieces: lets the probes in flight have the event loop in between, so that no probe's seconds
 * are ours. Used by everything that walks all targets to write text.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** The loop is ours for this long at a stretch. */
const LONGEST_MS = 4;
/** A piece of text is handed on when it has grown this large. */
const LARGEST_PIECE = 64 * 1024;

/** When to let the loop turn. One rendering has one, so that its parts do not each take a turn. */
export interface Pace {
  readonly isDue: () => boolean;
  readonly breathe: () => Promise<void>;
}

export function createPace(now: () => number = () => performance.now()): Pace {
  let began = now();
  return {
    isDue: () => now() - began >= LONGEST_MS,
    breathe: async () => {
      await nextTurn();
      began = now();
    },
  };
}

/** The text of all items, a piece at a time. `every`: after how many items the clock is read. No piece is empty. */
export async function* textInSlices<T>(
  items: readonly T[],
  write: (item: T, index: number) => string,
  pace: Pace,
  every = 16,
): AsyncGenerator<string> {
  let at = 0;
  while (at < items.length) {
    let text = '';
    do {
      const to = Math.min(at + every, items.length);
      for (; at < to; at += 1) {
        const item = items[at];
        if (item !== undefined) text += write(item, at);
      }
    } while (at < items.length && text.length < LARGEST_PIECE && !pace.isDue());
    if (text !== '') yield text;
    if (pace.isDue()) await pace.breathe();
  }
}

/** All pieces as one text. */
export async function joined(chunks: AsyncIterable<string | Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(parts).toString('utf8');
}
