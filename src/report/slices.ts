/** Splits long rendering into short slices, so that it does not delay probes. */
import { createTurns } from './turns.ts';

/** The longest time without a turn of the event loop. */
const LONGEST_MS = 4;
/**
 * Text is collected until it has this many characters. It is a tree of strings until it is encoded, so larger pieces
 * would outlive a collection of V8's young generation.
 */
const LARGEST_PIECE = 16 * 1024;

/** Shared by all renderings and other long work, so that no turn of the event loop has slices of two of them. */
const TURNS = createTurns();

/** Decides when a rendering gives the event loop a turn. All parts of a rendering share one pace. */
export interface Pace {
  readonly isDue: () => boolean;
  readonly breathe: () => Promise<void>;
}

export function createPace(now: () => number = () => performance.now()): Pace {
  let began = now();
  return {
    isDue: () => now() - began >= LONGEST_MS,
    breathe: async () => {
      await TURNS.take();
      began = now();
    },
  };
}

/**
 * Returns a function that runs one short part of a long computation. Before the part, it gives the event loop a turn if
 * one is due.
 */
export function steps(pace: Pace = createPace()): <T>(part: () => T) => Promise<T> {
  return async (part) => {
    if (pace.isDue()) await pace.breathe();
    return part();
  };
}

/** Joins small pieces to larger ones. Pauses if a turn of the event loop is due. */
export async function* gathered(pieces: Iterable<string>, pace: Pace): AsyncGenerator<string> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    const isDue = pace.isDue();
    if (!isDue && text.length < LARGEST_PIECE) continue;
    yield text;
    text = '';
    if (isDue) await pace.breathe();
  }
  if (text !== '') yield text;
}

/** An empty text. It tells the reader that the next piece comes in another turn of the event loop. */
export const PAUSE = '';

/**
 * Yields the text of all items in pieces, and `PAUSE` before it gives the event loop a turn. Checks the pace once every
 * `every` items.
 */
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
    if (!pace.isDue()) continue;
    yield PAUSE;
    await pace.breathe();
  }
}

export async function joined(chunks: AsyncIterable<string | Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(parts).toString('utf8');
}
