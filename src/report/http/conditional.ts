/**
 * Conditional responses (RFC 9110, section 13.1.2): sends a text with its `ETag`, or 304 if the client has the text
 * already.
 */
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

export function sendConditional(
  reply: FastifyReply,
  contentType: string,
  body: string | Buffer,
  etag = etagOf(body),
): FastifyReply {
  // The text holds mailbox addresses. So no shared cache may store it, and the client must ask before each use.
  reply.headers({ etag, 'cache-control': 'private, no-cache' });
  if (holds(reply.request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.header('content-type', contentType).send(body);
}

/** The `ETag` is weak, because a later version of mailprobe may write the same facts differently. */
export function etagOf(body: string | Buffer): string {
  return weakTag(createHash('sha1').update(body).digest('base64url'));
}

/**
 * Collects a long text with its `ETag`, so that no task converts or hashes the whole of it. A list of a thousand failing
 * mailboxes has 12 MB.
 */
export function createTaggedText(): {
  readonly add: (text: string) => void;
  readonly end: () => { readonly body: Buffer; readonly etag: string };
} {
  const hash = createHash('sha1');
  const parts: Buffer[] = [];
  return {
    add: (text) => {
      const bytes = Buffer.from(text);
      hash.update(bytes);
      parts.push(bytes);
    },
    end: () => ({ body: Buffer.concat(parts), etag: weakTag(hash.digest('base64url')) }),
  };
}

function weakTag(digest: string): string {
  return `W/"${digest}"`;
}

/** Whether the client has the text already. The comparison is weak: it ignores `W/`. */
export function holds(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const known = new Set(ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, '')));
  return known.has('*') || known.has(etag.replace(/^W\//, ''));
}
