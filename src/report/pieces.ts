/**
 * Shares the pieces of one rendering between several readers. Each reads at its own speed, and the fastest one drives
 * the rendering. Used by `/metrics`, because several Prometheus servers may scrape at the same time.
 *
 * A piece that all have read is dropped at once. The pieces are not linked to each other: once V8 has moved one of them
 * to the old generation, a link would keep every later piece alive until the next major collection, read or not.
 */
export interface SharedPieces<T> {
  /** Returns a reader of all pieces. Must not be called after `close`. */
  readonly read: () => AsyncIterableIterator<T>;
  /** Call this when no further reader will come. Until then, all pieces are kept. */
  readonly close: () => void;
}

interface Reader {
  /** How many pieces it has read. */
  count: number;
}

export function sharePieces<T>(source: AsyncIterator<T>): SharedPieces<T> {
  const kept: Promise<IteratorResult<T>>[] = [];
  let droppedCount = 0;
  let isClosed = false;
  const readers = new Set<Reader>();

  /** Drops what all have read, and ends the rendering if nobody reads it any more. */
  const drop = (): void => {
    if (!isClosed) return;
    // An error of the rendering is for its readers, and there are none.
    if (readers.size === 0) void source.return?.().catch(() => undefined);
    const readByAll = Math.min(...[...readers].map(({ count }) => count));
    while (droppedCount < readByAll && kept.length > 0) {
      void kept.shift();
      droppedCount += 1;
    }
  };
  const next = async (reader: Reader): Promise<IteratorResult<T>> => {
    const at = reader.count - droppedCount;
    const piece = kept[at] ?? source.next();
    kept[at] = piece;
    reader.count += 1;
    drop();
    return await piece;
  };
  const leave = (reader: Reader): IteratorResult<T> => {
    readers.delete(reader);
    drop();
    return { done: true, value: undefined };
  };

  return {
    read: () => {
      const reader: Reader = { count: 0 };
      readers.add(reader);
      const pieces: AsyncIterableIterator<T> = {
        next: async () => await next(reader),
        return: async () => leave(reader),
        [Symbol.asyncIterator]: () => pieces,
      };
      return pieces;
    },
    close: () => {
      isClosed = true;
      drop();
    },
  };
}
