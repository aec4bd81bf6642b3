/**
 * Shares the pieces of one rendering between several readers. Each reads at its own speed, and the fastest one drives
 * the rendering. A piece that all have read is freed. Used by `/metrics`, because several Prometheus servers may scrape
 * at the same time.
 */
interface Piece<T> {
  readonly value: T;
  readonly next: NextPiece<T>;
}

/** May be called several times, and always returns the same piece. */
export type NextPiece<T> = () => Promise<Piece<T> | undefined>;

export function piecesOf<T>(source: AsyncIterator<T>): NextPiece<T> {
  let piece: ReturnType<NextPiece<T>> | undefined;
  const pull: NextPiece<T> = async () => {
    const { done, value } = await source.next();
    return done === true ? undefined : { value, next: piecesOf(source) };
  };
  return () => (piece ??= pull());
}

/**
 * Reads the pieces from `first` on. The reader holds only the next piece. A generator would hold its argument `first`,
 * and with it every later piece.
 */
export function readPieces<T>(first: NextPiece<T>): AsyncIterableIterator<T> {
  let state = { next: first };
  const reader: AsyncIterableIterator<T> = {
    next: async () => {
      const piece = await state.next();
      if (piece === undefined) return { done: true, value: undefined };
      state = piece;
      return { done: false, value: piece.value };
    },
    [Symbol.asyncIterator]: () => reader,
  };
  return reader;
}
