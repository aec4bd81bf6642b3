/**
 * Encodes text that comes in small pieces to larger pieces of bytes, which are outside of V8's heap. Used by `/metrics`.
 */
import { PAUSE } from './slices.ts';

/** A reader takes few pieces in each turn of the event loop, so smaller ones would be slow on a busy loop. */
const PIECE_BYTES = 192 * 1024;
/** UTF-8 takes at most three bytes for each UTF-16 code unit: https://datatracker.ietf.org/doc/html/rfc3629#section-3 */
const MOST_BYTES_PER_UNIT = 3;

/**
 * `allocate` may return the same buffer each time, if the reader is done with a piece before it reads the next one.
 * At `PAUSE`, yields what it has. Bytes that waited for another turn would outlive collections of V8's young generation,
 * and only a major collection, which delays probes, would free them.
 */
export async function* encoded(
  texts: AsyncIterable<string>,
  allocate: (bytes: number) => Buffer = (bytes) => Buffer.allocUnsafeSlow(bytes),
): AsyncGenerator<Uint8Array> {
  let piece: Buffer | undefined;
  let filled = 0;
  for await (const text of texts) {
    const most = text.length * MOST_BYTES_PER_UNIT;
    if (piece !== undefined && (text === PAUSE || filled + most > PIECE_BYTES)) {
      yield piece.subarray(0, filled);
      piece = undefined;
      filled = 0;
    }
    if (most > PIECE_BYTES) yield Buffer.from(text);
    else if (text !== PAUSE) {
      piece ??= allocate(PIECE_BYTES);
      filled += piece.write(text, filled);
    }
  }
  if (piece !== undefined) yield piece.subarray(0, filled);
}
