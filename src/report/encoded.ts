/**
 * Encodes text that comes in small pieces to large pieces of bytes. A reader takes one piece in each turn of the event
 * loop, so small ones would be slow on a busy loop. Large texts would be allocated in V8's old generation, and its
 * collections delay probes, so only the bytes are large: they are outside of V8's heap. Used by `/metrics`.
 */
const PIECE_BYTES = 512 * 1024;
/** UTF-8 takes at most three bytes for each UTF-16 code unit: https://datatracker.ietf.org/doc/html/rfc3629#section-3 */
const MOST_BYTES_PER_UNIT = 3;

export async function* encoded(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  let filled = 0;
  for await (const text of texts) {
    const most = text.length * MOST_BYTES_PER_UNIT;
    if (filled > 0 && filled + most > PIECE_BYTES) {
      yield piece.subarray(0, filled);
      piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
      filled = 0;
    }
    if (most > PIECE_BYTES) yield Buffer.from(text);
    else filled += piece.write(text, filled);
  }
  if (filled > 0) yield piece.subarray(0, filled);
}
