/**
 * Conditional responses: sends an `ETag` of the text, and 304 if the client has it already (RFC 9110, section 13.1.2).
 */
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** Sends the text with its type, or 304 without it. */
export function sendConditional(
  reply: FastifyReply,
  contentType: string,
  body: string | Buffer,
  etag = etagOf(body),
): FastifyReply {
  // The text holds mailbox addresses, so only the caller itself may cache it, and it must revalidate.
  reply.headers({ etag, 'cache-control': 'private, no-cache' });
  if (holds(reply.request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.header('content-type', contentType).send(body);
}

/** Weak, because a later version may write the same facts differently. */
export function etagOf(body: string | Buffer): string {
  return `W/"${createHash('sha1').update(body).digest('base64url')}"`;
}

/** Does the client have it already? The comparison is weak: it ignores `W/`. */
export function holds(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const known = new Set(ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, '')));
  return known.has('*') || known.has(etag.replace(/^W\//, ''));
}
