/**
 * Shares the pieces of one rendering between several readers, each at its own speed. The fastest reader drives the
 * rendering. A piece that all have read is freed. Used by `/metrics`, which several Prometheus servers may scrape at
 * once.
 */
interface Piece<T> {
  readonly value: T;
  readonly next: NextPiece<T>;
}

/** Can be awaited several times, with the same result. */
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
 * Reads the pieces from `first` on. References only the next piece. A generator would keep its first argument, and
 * through it every piece, in memory.
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
