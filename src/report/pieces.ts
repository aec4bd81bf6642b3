/**
 * Lets several readers have the pieces of one rendering, each at its own speed: the fastest makes it go on, and what all
 * have read is forgotten. Used by `/metrics`, which several Prometheus servers may ask for at once.
 */
interface Piece<T> {
  readonly value: T;
  readonly next: NextPiece<T>;
}

/** Asked again, it answers the same. */
export type NextPiece<T> = () => Promise<Piece<T> | undefined>;

export function piecesOf<T>(source: AsyncIterator<T>): NextPiece<T> {
  let piece: ReturnType<NextPiece<T>> | undefined;
  const pull: NextPiece<T> = async () => {
    const { done, value } = await source.next();
    return done === true ? undefined : { value, next: piecesOf(source) };
  };
  return () => (piece ??= pull());
}

/** Holds the next piece alone: a generator would hold its first argument, and by it all that was read. */
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
