/**
 * Renders a list only once for all clients that request it while its data is unchanged. So hundreds of clients cost one
 * rendering and one copy in memory. Different lists are rendered one after the other.
 */
export interface RenderedList {
  readonly body: Buffer;
  readonly etag: string;
  /** Path and query of the next page. */
  readonly next: string | undefined;
}

export interface ListSource {
  /** An object that is replaced whenever the data of the list changes. */
  readonly revision: object;
  readonly render: () => Promise<RenderedList>;
}

/**
 * `read` is called at once, and again when the rendering begins. So a caller that waited for other lists gets the
 * newest data. A failed rendering is not kept.
 */
export type RenderList = (url: string, read: () => ListSource) => Promise<RenderedList>;

/** The most bytes of all kept lists. A kept list becomes useless when the next probe ends. */
const MOST_KEPT_BYTES = 4 * 1024 * 1024;
const MOST_KEPT = 64;

interface Kept {
  /** A weak reference, so that the rendering does not keep its data in memory. */
  readonly revision: WeakRef<object>;
  readonly rendered: Promise<RenderedList>;
  bytes: number;
}

export function createSharedLists(): RenderList {
  const kept = new Map<string, Kept>();
  /** Renderings that have not begun, by URL. */
  const waiting = new Map<string, Promise<RenderedList>>();
  let last: Promise<unknown> = Promise.resolve();

  const shrink = (): void => {
    let bytes = 0;
    for (const list of kept.values()) bytes += list.bytes;
    for (const [url, list] of kept) {
      if (bytes <= MOST_KEPT_BYTES && kept.size <= MOST_KEPT) return;
      bytes -= list.bytes;
      kept.delete(url);
    }
  };

  const begin = async (url: string, { revision, render }: ListSource): Promise<RenderedList> => {
    const list: Kept = { revision: new WeakRef(revision), rendered: render(), bytes: 0 };
    kept.delete(url);
    kept.set(url, list);
    try {
      const rendered = await list.rendered;
      list.bytes = rendered.body.length;
      shrink();
      return rendered;
    } catch (error) {
      // The clients that wait get the error. The next request renders the list again.
      if (kept.get(url) === list) kept.delete(url);
      throw error;
    }
  };

  const current = (url: string, { revision }: ListSource): Promise<RenderedList> | undefined => {
    const known = kept.get(url);
    return known?.revision.deref() === revision ? known.rendered : undefined;
  };

  const queue = async (url: string, read: () => ListSource): Promise<RenderedList> => {
    const before = last;
    const turn = Promise.withResolvers<void>();
    last = turn.promise;
    await before;
    waiting.delete(url);
    try {
      const source = read();
      return await (current(url, source) ?? begin(url, source));
    } finally {
      turn.resolve();
    }
  };

  return (url, read) => {
    const known = current(url, read()) ?? waiting.get(url);
    if (known !== undefined) return known;
    const queued = queue(url, read);
    waiting.set(url, queued);
    return queued;
  };
}
