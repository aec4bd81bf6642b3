/**
 * Renders a list once for all concurrent readers while its data is unchanged: hundreds of readers cost one rendering and
 * one copy in memory. Created by `http-server.ts`, used by the list routes.
 */
import { etagOf } from './conditional.ts';

export interface RenderedList {
  readonly body: Buffer;
  readonly etag: string;
  /** Path and query of the next page. */
  readonly next: string | undefined;
}

export interface ListText {
  readonly text: string;
  readonly next: string | undefined;
}

/**
 * `revision` is the data that the list is rendered from: a new object whenever it changes. A failed rendering is not
 * kept.
 */
export type RenderList = (
  url: string,
  revision: object,
  render: () => Promise<ListText>,
) => Promise<RenderedList>;

const MOST_KEPT_BYTES = 16 * 1024 * 1024;
const MOST_KEPT = 64;

interface Kept {
  /** Held weakly, so that the rendering does not keep its data in memory. */
  readonly revision: WeakRef<object>;
  readonly rendered: Promise<RenderedList>;
  bytes: number;
}

export function createSharedLists(): RenderList {
  const kept = new Map<string, Kept>();

  const shrink = (): void => {
    let bytes = 0;
    for (const list of kept.values()) bytes += list.bytes;
    for (const [url, list] of kept) {
      if (bytes <= MOST_KEPT_BYTES && kept.size <= MOST_KEPT) return;
      bytes -= list.bytes;
      kept.delete(url);
    }
  };

  const begin = async (url: string, list: Kept): Promise<void> => {
    kept.delete(url);
    kept.set(url, list);
    try {
      const { body } = await list.rendered;
      list.bytes = body.length;
      shrink();
    } catch {
      // The current readers get the error; the next request renders again.
      if (kept.get(url) === list) kept.delete(url);
    }
  };

  return (url, revision, render) => {
    const known = kept.get(url);
    if (known !== undefined && known.revision.deref() === revision) return known.rendered;
    const list: Kept = { revision: new WeakRef(revision), rendered: rendering(render), bytes: 0 };
    void begin(url, list);
    return list.rendered;
  };
}

async function rendering(render: () => Promise<ListText>): Promise<RenderedList> {
  const { text, next } = await render();
  const body = Buffer.from(text);
  return { body, etag: etagOf(body), next };
}
